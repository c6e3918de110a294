"""The data model: one small module a noun. It imports nothing else of the project."""

from models.access_review import AccessReview, ReviewDecision
from models.audit import AuditEvent, CaseAudit, Oversight, Stream
from models.base import Base, utcnow
from models.campaign import AudienceList, AudienceMember, Campaign, CampaignRecipient, CampaignState
from models.case import Case, CaseNote, CaseRecord, SealedDraft, SealedEntry
from models.completion import Certificate, CompletionRule, Graduation
from models.conduct import ConductAgreement
from models.consent import Consent
from models.conversation import ChannelAddress, Conversation
from models.duplicates import LinkPair, LinkRun, PairDecision, WomanMerge
from models.enrolment import (
    AbsenceCall,
    Attendance,
    AttendanceMark,
    AttendanceState,
    CallResult,
    Enrolment,
    EnrolmentState,
    MarkSource,
    MarkState,
    Rsvp,
    RsvpAnswer,
)
from models.figures import KeptFigures
from models.files import MediaFetch, OutgoingFile, SealedChunk, SealedFile
from models.food_security import FoodSecurityInterview
from models.imports import ImportMapping, ImportPart, ImportRun, ImportState
from models.inbound import InboundMessage, Turn, TurnState
from models.machinery import (
    Alarm,
    Counter,
    DeadLetter,
    Installation,
    RasaTracker,
    Throttle,
    TickState,
    TokenBucket,
)
from models.outbox import OutboxKind, OutboxMessage, OutboxState
from models.programme import (
    FIRST_PROGRAMME,
    Agency,
    Axis,
    Group,
    Holiday,
    HolidayKind,
    Municipality,
    Programme,
    Session,
    Workshop,
)
from models.reference import Answer, HelpResource
from models.referral import Referral
from models.reminder import Reminder, ReminderState, SessionChange, SessionNotice
from models.retention import (
    BlockedReading,
    BlockedRecord,
    DataKind,
    RetentionDay,
    RetentionNotice,
    RetentionPause,
    RetentionRule,
    RetentionStep,
)
from models.rights import DataRequest, RequestOutcome, RequestState, Suppression
from models.second_factor import RecoveryCode, SecondFactor
from models.service import BackupRun, InboundHour, ServiceTrouble
from models.staff import (
    Role,
    SessionStep,
    Shift,
    ShiftNote,
    Staff,
    StaffContact,
    StaffSession,
)
from models.support import DoubleState, DoubleSupport, Period, Support, SupportKind, SupportRule
from models.team import CannedAnswer, FormerKey, KeyLeaver, KeyWrap, Team
from models.template import QuickReply, Template, TemplateState
from models.woman import Affiliation, ListedPhone, NameKey, Woman, WomanChange

__all__ = [
    "FIRST_PROGRAMME",
    "AbsenceCall",
    "AccessReview",
    "Affiliation",
    "Agency",
    "Alarm",
    "Answer",
    "Attendance",
    "AttendanceMark",
    "AttendanceState",
    "AudienceList",
    "AudienceMember",
    "AuditEvent",
    "Axis",
    "BackupRun",
    "Base",
    "BlockedReading",
    "BlockedRecord",
    "CallResult",
    "Campaign",
    "CampaignRecipient",
    "CampaignState",
    "CannedAnswer",
    "Case",
    "CaseAudit",
    "CaseNote",
    "CaseRecord",
    "Certificate",
    "ChannelAddress",
    "CompletionRule",
    "ConductAgreement",
    "Consent",
    "Conversation",
    "Counter",
    "DataKind",
    "DataRequest",
    "DeadLetter",
    "DoubleState",
    "DoubleSupport",
    "Enrolment",
    "EnrolmentState",
    "FoodSecurityInterview",
    "FormerKey",
    "Graduation",
    "Group",
    "HelpResource",
    "Holiday",
    "HolidayKind",
    "ImportMapping",
    "ImportPart",
    "ImportRun",
    "ImportState",
    "InboundHour",
    "InboundMessage",
    "Installation",
    "KeptFigures",
    "KeyLeaver",
    "KeyWrap",
    "LinkPair",
    "LinkRun",
    "ListedPhone",
    "MarkSource",
    "MarkState",
    "MediaFetch",
    "Municipality",
    "NameKey",
    "OutboxKind",
    "OutboxMessage",
    "OutboxState",
    "OutgoingFile",
    "Oversight",
    "PairDecision",
    "Period",
    "Programme",
    "QuickReply",
    "RasaTracker",
    "RecoveryCode",
    "Referral",
    "Reminder",
    "ReminderState",
    "RequestOutcome",
    "RequestState",
    "RetentionDay",
    "RetentionNotice",
    "RetentionPause",
    "RetentionRule",
    "RetentionStep",
    "ReviewDecision",
    "Role",
    "Rsvp",
    "RsvpAnswer",
    "SealedChunk",
    "SealedDraft",
    "SealedEntry",
    "SealedFile",
    "SecondFactor",
    "ServiceTrouble",
    "Session",
    "SessionChange",
    "SessionNotice",
    "SessionStep",
    "Shift",
    "ShiftNote",
    "Staff",
    "StaffContact",
    "StaffSession",
    "Stream",
    "Support",
    "SupportKind",
    "SupportRule",
    "Suppression",
    "Team",
    "Template",
    "TemplateState",
    "Throttle",
    "TickState",
    "TokenBucket",
    "Turn",
    "TurnState",
    "Woman",
    "WomanChange",
    "WomanMerge",
    "Workshop",
    "utcnow",
]
