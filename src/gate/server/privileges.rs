//! Becoming a user without rights.

use std::ffi::CString;

use nix::unistd::{self, Gid, Group, Uid, User};

use super::ServeError;
use crate::config::Settings;

/// Whom to become.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    name: String,
    user: Uid,
    group: Gid,
}

/// Whom to become by these settings; nothing if the daemon stays what it is.
pub(super) fn choose(settings: &Settings, allow_root: bool) -> Result<Option<Identity>, ServeError> {
    let wrong = |text: String| ServeError::Privileges(text);
    let is_root = unistd::geteuid().is_root() || unistd::getuid().is_root();
    let Some(name) = &settings.user else {
        if settings.group.is_some() {
            return Err(wrong("daemon.group is set without daemon.user; set both".to_owned()));
        }
        if is_root && !allow_root {
            return Err(wrong(
                "started as root without daemon.user; set it to a user without rights, or give --allow-root".to_owned(),
            ));
        }
        return Ok(None);
    };
    let user = User::from_name(name)
        .map_err(|error| wrong(format!("cannot look up daemon.user {name}: {error}")))?
        .ok_or_else(|| wrong(format!("daemon.user {name} does not exist; make it: useradd --system {name}")))?;
    let group = match &settings.group {
        Some(group) => {
            Group::from_name(group)
                .map_err(|error| wrong(format!("cannot look up daemon.group {group}: {error}")))?
                .ok_or_else(|| {
                    wrong(format!("daemon.group {group} does not exist; make it: groupadd --system {group}"))
                })?
                .gid
        }
        None => user.gid,
    };
    if user.uid.is_root() && !allow_root {
        return Err(wrong("daemon.user is root; choose a user without rights, or give --allow-root".to_owned()));
    }
    if !is_root {
        return if unistd::geteuid() == user.uid {
            Ok(None)
        } else {
            Err(wrong(format!(
                "cannot become daemon.user {name}: not started as root; take the key out or start as root"
            )))
        };
    }
    Ok(Some(Identity { name: name.clone(), user: user.uid, group }))
}

impl Identity {
    /// The user's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Gives a socket file to this user and group.
    pub(super) fn own(&self, path: &std::path::Path) -> Result<(), String> {
        unistd::chown(path, Some(self.user), Some(self.group)).map_err(|error| error.to_string())
    }

    /// Becomes this user for good. Only while the process has one thread.
    pub(super) fn assume(&self) -> Result<(), ServeError> {
        let wrong = |what: &str, error: nix::Error| {
            ServeError::Privileges(format!("cannot become {}: {what}: {error}", self.name))
        };
        let name = CString::new(self.name.as_str())
            .map_err(|_| ServeError::Privileges("daemon.user holds a NUL character".to_owned()))?;
        unistd::initgroups(&name, self.group).map_err(|error| wrong("initgroups", error))?;
        // As root these set the real, effective and saved id, so that there is no way back (setuid(2)).
        unistd::setgid(self.group).map_err(|error| wrong("setgid", error))?;
        unistd::setuid(self.user).map_err(|error| wrong("setuid", error))?;
        if !self.user.is_root()
            && (unistd::setuid(Uid::from_raw(0)).is_ok() || unistd::seteuid(Uid::from_raw(0)).is_ok())
        {
            return Err(ServeError::Privileges(format!("became {}, but can become root again", self.name)));
        }
        if unistd::getuid() != self.user || unistd::geteuid() != self.user || unistd::getegid() != self.group {
            return Err(ServeError::Privileges(format!("did not become {}", self.name)));
        }
        tracing::info!(user = self.name, "privileges given up");
        Ok(())
    }
}
