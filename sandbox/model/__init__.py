"""What the sandbox remembers: one dataclass for each of GitHub's objects.

Values that GitHub never changes are frozen. People and Apps are named by their login (`"alice"`,
`"hotfix-guard[bot]"`), repositories by their id, so that nothing here points in circles. Times are aware datetimes in
UTC, to the second.
"""

from sandbox.model.accounts import Account, App, Installation, Team, Token
from sandbox.model.checks import (
    Annotation,
    CheckAction,
    CheckRun,
    CheckSuite,
    CommitStatus,
    Deployment,
    DeploymentStatus,
)
from sandbox.model.gates import BranchProtection, QueueEntry, RequiredCheck, RequiredReviews, Ruleset
from sandbox.model.issues import (
    AutoMerge,
    Comment,
    ForcePush,
    Issue,
    Label,
    Milestone,
    PullRequest,
    Reaction,
    Review,
    ReviewThread,
)
from sandbox.model.repository import Delivery, Repository

__all__ = [
    "Account",
    "Annotation",
    "App",
    "AutoMerge",
    "BranchProtection",
    "CheckAction",
    "CheckRun",
    "CheckSuite",
    "Comment",
    "CommitStatus",
    "Delivery",
    "Deployment",
    "DeploymentStatus",
    "ForcePush",
    "Installation",
    "Issue",
    "Label",
    "Milestone",
    "PullRequest",
    "QueueEntry",
    "Reaction",
    "Repository",
    "RequiredCheck",
    "RequiredReviews",
    "Review",
    "ReviewThread",
    "Ruleset",
    "Team",
    "Token",
]
