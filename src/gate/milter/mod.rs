//! The milter door: version 6 of the protocol, for Postfix, Sendmail and Stalwart.
