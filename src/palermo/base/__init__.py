"""What does everything share? Multilingual text, attachments, mail, the page frame, style."""
