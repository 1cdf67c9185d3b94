//! Clients that meet: the script, written while the reference node answers it.

use super::{Point, Workload, random::Choices};
use crate::{
    node::{Node, NodeOptions, Step},
    run::sent::Sent,
    time::Time,
};

/// A script and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The messages, one a line.
    pub lines: Vec<String>,
    /// What the replies said.
    pub point: Point,
}

/// One client and where it stands.
struct Client {
    name: String,
    msg_id: u32,
    /// Transactions still to begin, the present one not counted.
    left: u32,
    state: State,
}

/// What a client does next.
enum State {
    /// Begin a transaction over these keys; `attempt` counts from 0.
    Begin { keys: Vec<u32>, attempt: u32 },
    /// Read the key at this place, or commit after the last.
    Inside {
        id: String,
        keys: Vec<u32>,
        read: usize,
        attempt: u32,
    },
    /// All transactions are done.
    Done,
}

/// Writes the script of a share of hot keys; the workload has been checked.
pub fn generate(workload: &Workload, hot_percent: u32) -> Generated {
    let mut choices = Choices::new(workload.seed, hot_percent);
    let mut wire = Wire::new();
    let clients = (1..=workload.clients).map(|number| Client {
        name: format!("c{number}"),
        msg_id: 0,
        left: workload.transactions,
        state: State::Done,
    });
    let mut clients: Vec<Client> = clients.collect();
    for client in &mut clients {
        client.next_transaction(workload, hot_percent, &mut choices);
    }
    let mut point = Point {
        hot_percent,
        attempts: 0,
        commits: 0,
        aborts: 0,
        retries: 0,
        given_up: 0,
        aborted_per_mille: 0,
        messages: 0,
    };
    while !clients.is_empty() {
        let at = choices.below(clients.len() as u32) as usize;
        clients[at].act(workload, hot_percent, &mut choices, &mut wire, &mut point);
        if matches!(clients[at].state, State::Done) {
            clients.remove(at);
        }
    }
    let aborted = u64::from(point.aborts) * 1000 / u64::from(point.attempts.max(1));
    point.aborted_per_mille = aborted as u32;
    // The first message is init, which no client sent.
    point.messages = wire.lines.len() as u32 - 1;
    Generated {
        lines: wire.lines,
        point,
    }
}

impl Client {
    /// Sends the client's next message and takes in the reply.
    fn act(
        &mut self,
        workload: &Workload,
        hot_percent: u32,
        choices: &mut Choices,
        wire: &mut Wire,
        point: &mut Point,
    ) {
        self.msg_id += 1;
        let id = self.msg_id;
        self.state = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => State::Done,
            State::Begin { keys, attempt } => {
                let reply = wire.ask(&self.name, &format!(r#""type":"occ_begin","msg_id":{id}"#));
                let begun = Sent::read(&reply).and_then(|sent| sent.body.text("txn_id"));
                State::Inside {
                    id: begun.expect("begin is always answered").into_owned(),
                    keys,
                    read: 0,
                    attempt,
                }
            }
            State::Inside {
                id: txn,
                keys,
                read,
                attempt,
            } if read < keys.len() => {
                let key = keys[read];
                wire.ask(
                    &self.name,
                    &format!(r#""type":"occ_read","msg_id":{id},"txn_id":"{txn}","key":"k{key}""#),
                );
                State::Inside {
                    id: txn,
                    keys,
                    read: read + 1,
                    attempt,
                }
            }
            State::Inside {
                id: txn,
                keys,
                attempt,
                ..
            } => {
                let key = keys[0];
                let body = format!(
                    r#""type":"occ_commit","msg_id":{id},"txn_id":"{txn}","writes":[{{"key":"k{key}","value":"{txn}"}}],"read_versions":[]"#
                );
                let reply = wire.ask(&self.name, &body);
                let committed =
                    Sent::read(&reply).and_then(|sent| sent.body.raw("committed")) == Some("true");
                point.attempts += 1;
                if committed {
                    point.commits += 1;
                } else {
                    point.aborts += 1;
                }
                if !committed && attempt < workload.retries {
                    point.retries += 1;
                    State::Begin {
                        keys,
                        attempt: attempt + 1,
                    }
                } else {
                    point.given_up += u32::from(!committed);
                    self.next_transaction(workload, hot_percent, choices);
                    return;
                }
            }
        };
    }

    /// Chooses the keys of the next transaction, if there is one.
    fn next_transaction(&mut self, workload: &Workload, hot_percent: u32, choices: &mut Choices) {
        if self.left == 0 {
            self.state = State::Done;
            return;
        }
        self.left -= 1;
        let mut keys: Vec<u32> = Vec::new();
        for _ in 0..workload.reads {
            let hot = choices.below(100) < hot_percent;
            let among = if hot {
                workload.hot_keys
            } else {
                workload.keys
            };
            let key = choices.below(among) + 1;
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        self.state = State::Begin { keys, attempt: 0 };
    }
}

/// The reference node and everything that was sent to it.
struct Wire {
    node: Node,
    step: Step,
    lines: Vec<String>,
}

impl Wire {
    fn new() -> Self {
        let mut wire = Wire {
            node: Node::new(NodeOptions::default()),
            step: Step::new(),
            lines: Vec::new(),
        };
        wire.ask(
            "c0",
            r#""type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]"#,
        );
        wire
    }

    /// Sends a body; gives the reply line.
    fn ask(&mut self, src: &str, body: &str) -> String {
        let line = format!(r#"{{"src":"{src}","dest":"n1","body":{{{body}}}}}"#);
        self.step.clear();
        let number = self.lines.len() as u64 + 1;
        self.node
            .handle_line(Time::ZERO, number, line.as_bytes(), &mut self.step);
        self.lines.push(line);
        String::from_utf8_lossy(&self.step.replies)
            .trim_end()
            .to_owned()
    }
}
