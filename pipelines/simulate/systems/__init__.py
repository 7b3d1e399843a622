"""The smaller systems around petitions and visits, each drawn and laid out in one module.

Each draws from a stream of randomness of its own, so that it changes nothing in the exports of
cases, steps, visits, receptions and ratings. What they plant is told by `planted.py`.
"""
