//! The clamd door: what rspamd, amavis, Exim, MailScanner, Haraka, clamdscan and Nextcloud speak to an antivirus daemon.
