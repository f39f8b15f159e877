"""What the bot does, one file per deed. ROUTES says which event asks for which."""

from __future__ import annotations

from types import MappingProxyType

from handlers.answer_command import answer_command
from handlers.backport_command import want_late_backport
from handlers.configure import forget_policy_files
from handlers.deliver import Handler, Routes
from handlers.follow_surroundings import (
    follow_check,
    follow_deployment,
    follow_issue,
    follow_people,
    follow_status,
    follow_thread,
)
from handlers.keep_installations import keep_installation
from handlers.note_pushes import note_push, note_synchronize
from handlers.want_inspections import (
    want_group_inspection,
    want_inspection,
    want_inspections_of_base,
    want_last_words,
    want_recheck,
    want_rerun,
    want_suite_rerun,
)
from handlers.watch_branches import want_audit, want_watch

_CHANGED = (
    "opened",
    "reopened",
    "labeled",
    "unlabeled",
    "edited",
    "ready_for_review",
    "converted_to_draft",
)

_TEAMS = ("added_to_repository", "deleted", "edited", "removed_from_repository")

#: (event, action) → what to do, in order. An event that isn't here is answered with 204 and forgotten.
ROUTES: Routes = MappingProxyType[tuple[str, str], tuple[Handler, ...]](
    {
        **{("pull_request", action): (want_inspection,) for action in _CHANGED},
        ("pull_request", "labeled"): (want_late_backport, want_inspection),
        ("pull_request", "synchronize"): (note_synchronize, want_inspection),
        ("pull_request", "closed"): (
            want_audit,
            want_last_words,
        ),
        ("pull_request_review", "submitted"): (want_inspection,),
        ("pull_request_review", "edited"): (want_inspection,),
        ("pull_request_review", "dismissed"): (want_inspection,),
        ("pull_request_review_thread", "resolved"): (follow_thread,),
        ("pull_request_review_thread", "unresolved"): (follow_thread,),
        ("check_run", "created"): (follow_check,),
        ("check_run", "completed"): (follow_check,),
        ("check_run", "rerequested"): (want_rerun,),
        ("check_run", "requested_action"): (want_recheck,),
        ("check_suite", "completed"): (follow_check,),
        ("check_suite", "rerequested"): (want_suite_rerun,),
        ("status", ""): (follow_status,),
        ("deployment_status", "created"): (follow_deployment,),
        **{("issues", action): (follow_issue,) for action in ("opened", "edited", "closed", "reopened", "deleted")},
        **{("member", action): (follow_people,) for action in ("added", "edited", "removed")},
        **{("membership", action): (follow_people,) for action in ("added", "removed")},
        **{("team", action): (follow_people,) for action in _TEAMS},
        ("merge_group", "checks_requested"): (want_group_inspection,),
        ("issue_comment", "created"): (answer_command,),
        ("push", ""): (note_push, forget_policy_files, want_watch, want_inspections_of_base),
        ("installation", "created"): (keep_installation,),
        ("installation", "deleted"): (keep_installation,),
        ("installation", "suspend"): (keep_installation,),
        ("installation", "unsuspend"): (keep_installation,),
        ("installation_repositories", "added"): (keep_installation,),
        ("installation_repositories", "removed"): (keep_installation,),
        ("ping", ""): (),
    }
)
