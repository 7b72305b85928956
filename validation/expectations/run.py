"""Great Expectations: run the suites on the prepared tables, and write its Data Docs."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from validation.suites.suite import Suite

if TYPE_CHECKING:
    from great_expectations import ValidationDefinition
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

#: Suite and check, whether it held, and how many rows broke it.
Outcomes = dict[tuple[str, str], tuple[bool, int]]


def run_suites(suites: Sequence[Suite], tables: Path, docs: Path) -> Outcomes:
    """Run every suite in one checkpoint on the DuckDB file ``tables``; the pages are written to the folder ``docs``."""
    # Read when it is imported: nothing is sent anywhere.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    from validation.expectations.dialect import address

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    # Great Expectations reads variables into its settings.
    folder = str(docs).replace("$", r"\$")
    context.add_data_docs_site(
        "local",
        {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": folder},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        },
    )
    source = context.data_sources.add_sql("globmed", connection_string=address(tables), create_temp_table=False)
    try:
        checkpoint = context.checkpoints.add(
            gx.Checkpoint(
                name="globmed",
                validation_definitions=[_definition(context, source, suite) for suite in suites],
                result_format="BASIC",
            )
        )
        results = checkpoint.run().run_results.values()
        # Without names the default site, in a temporary folder, would be built as well.
        context.build_data_docs(site_names=["local"], build_index=False)
    finally:
        # Both keep connections, and DuckDB keeps a file that has one: the next judgement could not write there.
        source.get_execution_engine().close()
        source.get_execution_engine().engine.dispose()
        source.get_engine().dispose()
    return {key: outcome for result in results for key, outcome in _outcomes(result).items()}


def _definition(context: "EphemeralDataContext", source: "SQLDatasource", suite: Suite) -> "ValidationDefinition":
    import great_expectations as gx
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
    from great_expectations.expectations.metadata_types import FailureSeverity

    asset = source.add_table_asset(suite.name, table_name=suite.table)
    batch = asset.add_batch_definition_whole_table("all")
    # At once: a suite that is known stores itself again with every expectation that is added.
    expectations = [
        UnexpectedRowsExpectation(
            unexpected_rows_query=suite.sql(check),
            description=f"{check.name}: {check.says}",
            severity=FailureSeverity(check.severity),
            meta={"check": check.name},
        )
        for check in suite.checks
    ]
    judged = context.suites.add(gx.ExpectationSuite(suite.name, expectations=expectations))
    return context.validation_definitions.add(gx.ValidationDefinition(name=suite.name, data=batch, suite=judged))


def _outcomes(result: "ExpectationSuiteValidationResult") -> Outcomes:
    outcomes = {}
    for entry in result.results:
        configuration = entry.expectation_config
        check = str(configuration.meta["check"]) if configuration and configuration.meta else "?"
        if "observed_value" not in entry.result:
            # A query that does not run is a mistake of ours; Great Expectations only calls it a failure.
            raise RuntimeError(f"{result.suite_name}/{check} did not run: {entry.exception_info}")
        outcomes[result.suite_name, check] = (bool(entry.success), int(entry.result["observed_value"]))
    return outcomes
