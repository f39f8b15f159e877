from dataclasses import replace

from domain.check_run import Annotation, CheckRun, PublishedRun, Write, write_needed
from domain.verdict import Conclusion

RUN = CheckRun("hotfix: main", "a" * 40, Conclusion.FAILURE, "1 of 5", "summary")
ANNOTATION = Annotation("cart.py", 3, 3, "failure", "wrong", "diff-size")


def published(run, status="completed"):
    return PublishedRun(7, run.name, run.external_id, status, "failure")


def test_the_first_verdict_is_a_new_run():
    assert write_needed(RUN, None, rerequested=False) is Write.CREATE


def test_an_unchanged_verdict_writes_nothing():
    assert write_needed(RUN, published(RUN), rerequested=False) is Write.NOTHING


def test_another_text_updates_the_same_run():
    assert write_needed(replace(RUN, summary="other"), published(RUN), rerequested=False) is Write.UPDATE


def test_other_annotations_need_a_new_run_because_github_appends():
    assert write_needed(replace(RUN, annotations=(ANNOTATION,)), published(RUN), rerequested=False) is Write.CREATE


def test_a_rerequested_run_is_written_even_when_it_says_the_same():
    assert write_needed(RUN, published(RUN), rerequested=True) is Write.CREATE


def test_a_run_whose_publication_was_interrupted_is_written_again():
    interrupted = PublishedRun(7, RUN.name, "", "in_progress")
    assert write_needed(RUN, interrupted, rerequested=False) is Write.CREATE


def test_a_run_moved_to_another_head_is_another_run():
    assert replace(RUN, head_oid="b" * 40).external_id != RUN.external_id
