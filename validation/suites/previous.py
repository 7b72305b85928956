"""Previous version: does every row of it still exist?

The query is ``sql/validate/facts/lost.sql``.
"""

from validation.suites.suite import FOUND, Check, Suite

SUITE = Suite("previous", FOUND, (Check("lost", "every row of the previous version is here", FOUND),))
