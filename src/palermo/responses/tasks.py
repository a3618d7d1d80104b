"""What this app does in the background: reminders of due dates, and the daily digest of unread messages.

Both may be stopped in the middle and done again: whatever was sent is noted in the transaction that wrote the e-mail.
"""

from procrastinate.contrib.django import app

from palermo.responses.actions.messages import send_digests
from palermo.responses.actions.reminders import send_due_reminders


@app.periodic(cron="7 * * * *")
@app.task(name="send_reminders", queue="mail", queueing_lock="send_reminders", pass_context=False)
def take_up_reminders(timestamp: int) -> None:
    """Every hour: reminds the States for which a reminder falls due."""
    send_due_reminders()


@app.periodic(cron="3 * * * *")
@app.task(name="send_digests", queue="mail", queueing_lock="send_digests", pass_context=False)
def take_up_digests(timestamp: int) -> None:
    """Every hour: sends the digests that were due at the last hour set for it, and are not sent yet."""
    send_digests()
