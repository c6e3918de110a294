"""Spanish of the staff pages that is not in a template: short messages and names of states.

One module an area; all their names are `words.NAME`, in views and in templates.
"""

from console.words.attendance import *
from console.words.campaigns import *
from console.words.desk import *
from console.words.following import *
from console.words.imports import *
from console.words.programme import *
from console.words.reminders import *
from console.words.rights import *
from console.words.service import *
from console.words.staff import *
from console.words.supports import *
from console.words.templates import *
