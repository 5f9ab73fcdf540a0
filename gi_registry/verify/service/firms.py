"""Check whether a firm may use the mark."""

from __future__ import annotations

from gi_registry.verify.queries import firms
from gi_registry.verify.rules.firm import Finding, Question, answer_question
from gi_registry.workflow import Work


def check_firm(work: Work, question: Question) -> Finding:
    """Answer who may use the mark for which GI on the packing date, from the register and from what is published today."""
    marks = firms.names_of_mark(work.session, question.mark) if question.mark else ()
    return answer_question(question, firms.entries_for(work.session, question), mark_of=marks)
