//! The table of the benchmark: activities of 500 programmes over ten years, in Parquet, the same on every machine.

use polars_arrow::array::{Array, BooleanArray, PrimitiveArray, Utf8ViewArray};
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field};
use polars_arrow::record_batch::RecordBatchT;
use polars_parquet::write::{
    CompressionOptions, Encoding, FileWriter, RowGroupIterator, StatisticsOptions, Version,
    WriteOptions,
};
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
    use ArrowDataType as A;
    use Encoding::{Plain, RleDictionary};
    // Amounts are all different, so that a dictionary of them would only cost.
    let columns = [
        ("programme", A::Utf8View, false, RleDictionary),
        ("date", A::Date32, false, RleDictionary),
        ("sector", A::Utf8View, false, RleDictionary),
        ("direction", A::Utf8View, false, RleDictionary),
        ("spend", A::Float64, true, Plain),
        ("beneficiaries", A::Int32, true, RleDictionary),
        ("score", A::Int32, true, RleDictionary),
        ("adopted", A::Boolean, true, Plain),
    ];
    let encodings: Vec<Vec<Encoding>> = columns.iter().map(|c| vec![c.3]).collect();
    let field = |(name, r#type, nullable, _): (&str, A, bool, Encoding)| {
        Field::new(name.into(), r#type, nullable)
    };
    let schema = Arc::new(ArrowSchema::from_iter(columns.map(field)));
    let options = WriteOptions {
        statistics: StatisticsOptions::default(),
        version: Version::V1,
        compression: CompressionOptions::Snappy,
        data_page_size: None,
    };
    // A half-written table must not pass for a whole one: written beside, then renamed.
    let part = path.with_extension("part");
    let mut writer = FileWriter::try_new(File::create(&part)?, (*schema).clone(), options)?;
    let names: Vec<String> = (1..=PROGRAMMES).map(|p| format!("P{p:03}")).collect();
    let mut random = Random(20_260_101);
    let mut left = rows;
    while left > 0 {
        let size = left.min(ROW_GROUP);
        let batch = batch(&schema, &names, size, &mut random);
        let encodings = encodings.iter().cloned().collect();
        let batches = std::iter::once(Ok(batch));
        for group in RowGroupIterator::try_new(batches, &schema, options, encodings)? {
            writer.write(size as u64, group?)?;
        }
        left -= size;
    }
    writer.end(None)?;
    fs::rename(part, path)?;
    Ok(())
}

fn batch(
    schema: &Arc<ArrowSchema>,
    names: &[String],
    size: usize,
    random: &mut Random,
) -> RecordBatchT<Box<dyn Array>> {
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
    let columns: Vec<Box<dyn Array>> = vec![
        Utf8ViewArray::from_slice_values(programme).boxed(),
        PrimitiveArray::from_vec(date)
            .to(ArrowDataType::Date32)
            .boxed(),
        Utf8ViewArray::from_slice_values(sector).boxed(),
        Utf8ViewArray::from_slice_values(direction).boxed(),
        PrimitiveArray::from(spend).boxed(),
        PrimitiveArray::from(beneficiaries).boxed(),
        PrimitiveArray::from(score).boxed(),
        BooleanArray::from(adopted).boxed(),
    ];
    RecordBatchT::new(size, schema.clone(), columns)
}
