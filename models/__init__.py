"""The data model: one small module a noun. It imports nothing else of the project."""

from models.base import Base, utcnow
from models.campaign import Campaign, CampaignRecipient, CampaignState
from models.case import Case, SealedEntry
from models.consent import Consent
from models.conversation import ChannelAddress, Conversation
from models.enrolment import Attendance, AttendanceState, Enrolment, EnrolmentState
from models.inbound import InboundMessage, Turn, TurnState
from models.machinery import Counter, RasaTracker, TokenBucket
from models.outbox import OutboxKind, OutboxMessage, OutboxState
from models.programme import Agency, Group, Municipality, Session, Workshop
from models.reference import Answer, HelpResource
from models.reminder import Reminder, ReminderState
from models.rights import DataRequest, FoodSecurityInterview, Suppression
from models.staff import AuditEvent, Role, Shift, Staff, StaffSession
from models.team import KeyWrap, Team
from models.template import QuickReply, Template, TemplateState
from models.woman import Woman

__all__ = [
    "Agency",
    "Answer",
    "Attendance",
    "AttendanceState",
    "AuditEvent",
    "Base",
    "Campaign",
    "CampaignRecipient",
    "CampaignState",
    "Case",
    "ChannelAddress",
    "Consent",
    "Conversation",
    "Counter",
    "DataRequest",
    "Enrolment",
    "EnrolmentState",
    "FoodSecurityInterview",
    "Group",
    "HelpResource",
    "InboundMessage",
    "KeyWrap",
    "Municipality",
    "OutboxKind",
    "OutboxMessage",
    "OutboxState",
    "QuickReply",
    "RasaTracker",
    "Reminder",
    "ReminderState",
    "Role",
    "SealedEntry",
    "Session",
    "Shift",
    "Staff",
    "StaffSession",
    "Suppression",
    "Team",
    "Template",
    "TemplateState",
    "TokenBucket",
    "Turn",
    "TurnState",
    "Woman",
    "Workshop",
    "utcnow",
]
