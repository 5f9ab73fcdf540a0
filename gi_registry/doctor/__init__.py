"""What is wrong with this installation, and what to do about each thing. A refusal to start is worse than a list with remedies.

``examination`` runs the checks: of the settings (``settings``), of files and the machine (``machine``), of the database server and its
schema (``database``), and of what is stored (``contents``). A check is a generator of Problems; a Problem names what was found and its
remedy. A problem makes ``gi-registry doctor`` fail; a warning is told and fails nothing.
"""
