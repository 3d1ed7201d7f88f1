//! The table of the benchmark: activities of 500 programmes over ten years, in Parquet, the same on every machine.

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, RecordBatch, StringArray,
};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

const PROGRAMMES: u64 = 500;
const ROW_GROUP: usize = 262_144;
/// 2010-01-01, and ten years from there.
const FIRST_DAY: i32 = 14_610;
const DAYS: u64 = 3_652;
const SECTORS: [&str; 6] = [
    "education",
    "health",
    "culture",
    "environment",
    "economy",
    "governance",
];
const DIRECTIONS: [&str; 3] = ["to-origin", "to-destination", "two-way"];

/// SplitMix64: small, fast, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `value`, missing in `percent` of 100 cases.
    fn missing<T>(&mut self, percent: u64, value: T) -> Option<T> {
        (self.below(100) >= percent).then_some(value)
    }
}

/// Writes `rows` rows to `path`, unless an earlier run did.
pub fn write(path: &Path, rows: usize) -> Result<(), Box<dyn Error>> {
    if path.exists() {
        return Ok(());
    }
    let schema = Arc::new(Schema::new(vec![
        Field::new("programme", DataType::Utf8, false),
        Field::new("date", DataType::Date32, false),
        Field::new("sector", DataType::Utf8, false),
        Field::new("direction", DataType::Utf8, false),
        Field::new("spend", DataType::Float64, true),
        Field::new("beneficiaries", DataType::Int32, true),
        Field::new("score", DataType::Int32, true),
        Field::new("adopted", DataType::Boolean, true),
    ]));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_column_dictionary_enabled("spend".into(), false)
        .build();
    // A half-written table must not pass for a whole one: written beside, then renamed.
    let part = path.with_extension("part");
    let mut writer = ArrowWriter::try_new(File::create(&part)?, schema.clone(), Some(properties))?;
    let names: Vec<String> = (1..=PROGRAMMES).map(|p| format!("P{p:03}")).collect();
    let mut random = Random(20_260_101);
    let mut left = rows;
    while left > 0 {
        let size = left.min(ROW_GROUP);
        writer.write(&batch(&schema, &names, size, &mut random)?)?;
        left -= size;
    }
    writer.close()?;
    fs::rename(part, path)?;
    Ok(())
}

fn batch(
    schema: &Arc<Schema>,
    names: &[String],
    size: usize,
    random: &mut Random,
) -> Result<RecordBatch, Box<dyn Error>> {
    let mut programme = Vec::with_capacity(size);
    let mut date = Vec::with_capacity(size);
    let mut sector = Vec::with_capacity(size);
    let mut direction = Vec::with_capacity(size);
    let mut spend = Vec::with_capacity(size);
    let mut beneficiaries = Vec::with_capacity(size);
    let mut score = Vec::with_capacity(size);
    let mut adopted = Vec::with_capacity(size);
    for _ in 0..size {
        // The smaller of two draws: large and small programmes, as in life, and none without rows.
        let p = random.below(PROGRAMMES).min(random.below(PROGRAMMES)) as usize;
        programme.push(names[p].as_str());
        date.push(FIRST_DAY + random.below(DAYS) as i32);
        sector.push(SECTORS[random.below(6) as usize]);
        direction.push(DIRECTIONS[random.below(3) as usize]);
        let rating = 1 + random.below(5) as i32;
        // Euros and cents, skewed, a little higher where the score is.
        let euros = (-(1.0 - random.unit()).ln() * (3_000.0 + 200.0 * f64::from(rating)) * 100.0)
            .round()
            / 100.0;
        spend.push(random.missing(5, euros));
        let persons = random.below(400) as i32;
        beneficiaries.push(random.missing(2, persons));
        score.push(random.missing(3, rating));
        let yes = random.below(5) < rating as u64;
        adopted.push(random.missing(4, yes));
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(programme)),
        Arc::new(Date32Array::from(date)),
        Arc::new(StringArray::from(sector)),
        Arc::new(StringArray::from(direction)),
        Arc::new(Float64Array::from(spend)),
        Arc::new(Int32Array::from(beneficiaries)),
        Arc::new(Int32Array::from(score)),
        Arc::new(BooleanArray::from(adopted)),
    ];
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}
