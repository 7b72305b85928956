"""Previous version: is everything that it had still there?"""

from validation.suites.suite import FACTS, Check, Suite

SUITE = Suite("previous", FACTS, (Check("lost", "every row of the previous version is here", "lost"),))
