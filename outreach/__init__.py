"""The product's verbs, in rooms by part of the service; a room imports only rooms to its left.

texts, ground, sealing <- messages, staff <- people, casework <- programme, campaigns
<- single_list, figures <- turns; `start` may use all but turns. Verbs take a Session and never commit.
A test holds the table.
"""
