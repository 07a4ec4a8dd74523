//! What a door may ask of the daemon itself: to read its configuration again, or to stop.

use tokio::sync::Notify;

/// An order to the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Read the configuration and the rules again.
    Reload,
    /// Stop, after the work in hand.
    Stop,
}

/// Takes orders and hands them to whoever runs the daemon. An order given several times before it is taken is one order.
#[derive(Debug, Default)]
pub struct Control {
    reload: Notify,
    stop: Notify,
}

impl Control {
    /// Asks for a reload. Returns at once; what was read before stays in force until the new rules are ready.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// Asks the daemon to stop. Returns at once; the stop signal that every door holds is what doors go by.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// The next order. For the one who runs the daemon: an order goes to one listener only.
    pub async fn next(&self) -> Order {
        tokio::select! {
            () = self.stop.notified() => Order::Stop,
            () = self.reload.notified() => Order::Reload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_order_given_before_anyone_listens_is_kept() {
        let control = Control::default();
        control.reload();
        control.reload();
        assert_eq!(control.next().await, Order::Reload);
        control.stop();
        assert_eq!(control.next().await, Order::Stop);
    }
}
