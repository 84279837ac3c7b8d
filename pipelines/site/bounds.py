"""How much a page shows, however many contracts there are; the real sheets stay below every one of these.

Belongs here: the numbers, and the words that say that there is more. Does not belong here: which rows are shown first
(each page), nor the pages of the lists of contracts and partners, which a reader searches and which show all.

Beyond its bound a page shows the strongest or the first, says so, and leads to the file that holds everything.
"""

from __future__ import annotations

CONTRACTS = 150
"""Contracts in a graph, in a chart with one line for each, or in a table of their partners."""
PARTNERS = 600
"""Partners in the table of the network."""
PAIRS = 500
"""Pairs of contracts in the tables of the network."""
HUB = 100
"""A partner of more contracts than this makes no pair of them: it would tie all to all, in a number that squares."""
ROWS = 300
"""Rows in the table under a chart, or in the list of points on which sources disagree."""
FACTS = 300
"""Rows of one table on the page of a contract or of a partner."""
NAMED = 50
"""Actions named beside the tool that they are about."""
PLACE = 6
"""Contracts named in one département of the map."""
UNPLACED = 50
"""Contracts named beside the map because they have a place that is not on it."""
MEMBERS = 50
"""Contracts named as of the same group as another."""
LISTED = 500
"""Pages listed under one part of the plan of the site."""
ADDRESSES = 50_000
"""Addresses in one file for search engines: the protocol allows no more."""
