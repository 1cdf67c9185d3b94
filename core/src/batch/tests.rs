use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Operations over three keys: 0 put, 1 get, 2 delete.
type Plan = Vec<(u8, u8, u8)>;

fn batch<'a>(plan: &Plan, values: &'a [String]) -> Vec<Operation<'a>> {
    let name = |key: u8| Cow::Owned(format!("k{key}"));
    let act = |op: u8, value: u8| match op {
        0 => Act::Put(&values[value as usize]),
        1 => Act::Get,
        _ => Act::Delete,
    };
    plan.iter()
        .map(|&(op, key, value)| Operation {
            key: name(key),
            act: act(op, value),
        })
        .collect()
}

proptest! {
    /// Running batches, replaying the log and a plain map all agree.
    #[test]
    fn prop_state_is_the_fold_of_the_log(
        plans in prop::collection::vec(prop::collection::vec((0..3u8, 0..3u8, 0..5u8), 1..5), 0..20)
    ) {
        let values: Vec<String> = (0..5).map(|n| format!("\"v{n}\"")).collect();
        let mut store = BatchStore::default();
        let mut model: BTreeMap<String, String> = BTreeMap::new();
        for plan in &plans {
            let operations = batch(plan, &values);
            let expected = store.next_index();
            let mut answers = Vec::new();
            let index = store.execute(&operations, |_, before| {
                answers.push(before.map(|value| String::from_utf8(value.to_vec()).unwrap()));
            });
            let writes = operations.iter().any(|operation| operation.act.is_write());
            prop_assert_eq!(index, writes.then_some(expected));
            for (operation, answer) in operations.iter().zip(answers) {
                prop_assert_eq!(&answer, &model.get(&*operation.key).cloned());
                match operation.act {
                    Act::Put(value) => {
                        model.insert(operation.key.to_string(), value.to_string());
                    }
                    Act::Delete => {
                        model.remove(&*operation.key);
                    }
                    Act::Get => {}
                }
            }
        }
        let mut replayed: BTreeMap<String, String> = BTreeMap::new();
        for entry in store.log().entries() {
            for (key, operation) in entry.operations() {
                let name = store.key_name(key).to_string();
                match operation {
                    LoggedOperation::Put(value) => {
                        replayed.insert(name, String::from_utf8(value.to_vec()).unwrap());
                    }
                    LoggedOperation::Delete => {
                        replayed.remove(&name);
                    }
                    LoggedOperation::Get => {}
                }
            }
        }
        prop_assert_eq!(&replayed, &model);
        for key in ["k0", "k1", "k2"] {
            let value = store.value(key).map(|value| String::from_utf8(value.to_vec()).unwrap());
            prop_assert_eq!(value.as_ref(), model.get(key));
        }
    }
}

#[test]
fn a_batch_is_one_entry_gets_included() {
    let mut store = BatchStore::default();
    let put = Operation {
        key: "a".into(),
        act: Act::Put("1"),
    };
    let get = Operation {
        key: "a".into(),
        act: Act::Get,
    };
    assert_eq!(
        store.execute([&get], |_, value| assert!(value.is_none())),
        None
    );
    assert_eq!(store.execute([&put, &get], |_, _| ()), Some(1));
    let entries: Vec<_> = store.log().entries().collect();
    assert_eq!(entries.len(), 1);
    let kinds: Vec<_> = entries[0]
        .operations()
        .map(|(_, operation)| operation)
        .collect();
    assert_eq!(kinds, [LoggedOperation::Put(b"1"), LoggedOperation::Get]);
}
