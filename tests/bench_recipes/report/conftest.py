"""A comparison of a few models that do not exist; one of them has a name that would be something else than a name."""

from pathlib import Path

import pytest

from bench_recipes.report.leaderboard import write_leaderboard
from bench_recipes.report.results import write_results
from bench_recipes.report.write import Comparison, compared, write_report
from benchmarks.evaluation.simulated_results import Items, by_tier, run_frame, with_long_answers, write_run

HOSTILE = '<img src=x onerror=alert(1)>|`*[a](javascript:alert(2))*</script><script>alert(3)</script>"&'
#: Accuracy in high- and low-resource languages, and billions of parameters, by name.
MODELS = {
    "best-70b": (0.85, 0.6, 70.0),
    "middle": (0.7, 0.45, None),
    "small-2b": (0.5, 0.35, 2.0),
    HOSTILE: (0.45, 0.3, 7.0),
    "guesses": (0.27, 0.27, 1.0),
}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    items = Items(240, ("mcqa", "yesno"))
    for place, (name, (high, low, size)) in enumerate(MODELS.items()):
        frame = run_frame(name, by_tier(high, low), items, place, aside=0.02 * place)
        write_run(folder / f"run-{place}", with_long_answers(frame, 10), size)
    return folder


@pytest.fixture(scope="session")
def comparison(runs: Path) -> Comparison:
    return compared([runs])


@pytest.fixture(scope="session")
def report(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "report"
    write_report(comparison, folder)
    return folder


@pytest.fixture(scope="session")
def results(comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "results"
    write_results(comparison, folder)
    return folder


@pytest.fixture(scope="session")
def leaderboard(results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("leaderboard") / "leaderboard"
    assert write_leaderboard(results, folder) == len(MODELS)
    return folder
