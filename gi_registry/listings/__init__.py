"""The abnormal-use list (专用标志使用异常名录): from a finding to a published decision, and the way out.

**Terms.** A *case* is one procedure about one authorisation and one ground. A *gate* is a question that a step must answer with yes
before it is taken: notice served with proof, defence window over, every point of the defence answered, another officer decides, a
serious ground is decided by the city, the rule asked again still finds the ground. A *paper* is an official document with a number
without gaps, stored by its SHA-256.

**Invariants.** A machine never lists anybody: a case is opened by a person from a finding, and decided by a second person. A case whose
facts are cured before the listing is withdrawn. A listing without a legal basis for publication stays internal (重点监管). What restricts
a right carries its basis and is lifted on removal. Publication ends; the record stays. The same invariants stand as CHECKs in the database.

**Layout.** ``rules/life.py`` the life cycle, ``rules/gates.py`` the gates, ``service/handling.py`` what the handler does,
``service/party.py`` what the party does, ``service/deciding.py`` what the second officer does, ``service/daily.py`` what time does.

**Start reading** at ``rules/life.py``. For people: docs/abnormal-list.md.
"""
