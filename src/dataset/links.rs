//! Links between tables that the later stages follow.

use super::{Column, Dataset, ForeignKey, Table, Type};

/// Foreign keys that can't be followed have their finding by now; what is left can be relied on.
pub(super) fn drop_unusable(tables: &mut [Table]) {
    let columns: Vec<(String, Vec<Column>)> = tables
        .iter()
        .map(|t| (t.name.clone(), t.columns.clone()))
        .collect();
    for table in tables {
        let own = &table.columns;
        table.foreign_keys.retain(|key| {
            let from = own.iter().find(|c| c.name == key.column);
            let target = columns.iter().find(|(name, _)| *name == key.table);
            let to = target.and_then(|(_, columns)| columns.iter().find(|c| c.name == key.key));
            from.zip(to)
                .is_some_and(|(from, to)| from.r#type == to.r#type || from.r#type == Type::List)
        });
    }
}

/// Where the manifest does not say which column holds the programme, the foreign key to the programmes does.
pub(super) fn fill_programme(dataset: &mut Dataset) {
    let Some(programmes) = dataset.programmes().map(|t| t.name.clone()) else {
        return;
    };
    for table in &mut dataset.tables {
        if table.meaning.programme.is_none() && table.name != programmes {
            // A row belongs to one programme: a list of them does not say to which.
            let list = |k: &ForeignKey| {
                table
                    .column(&k.column)
                    .is_some_and(|c| c.r#type == Type::List)
            };
            let keys: Vec<&ForeignKey> = table
                .foreign_keys
                .iter()
                .filter(|k| k.table == programmes && !list(k))
                .collect();
            if let [key] = keys.as_slice() {
                table.meaning.programme = Some(key.column.clone());
            }
        }
    }
}
