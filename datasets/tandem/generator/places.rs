//! Localities and programmes, written by hand. All names are invented.

/// Type of linkage (S01).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// The two local governments take part themselves.
    City,
    /// A local government supports an initiative of civil society.
    Supported,
}

impl Type {
    /// Code in the data.
    pub fn code(self) -> &'static str {
        match self {
            Type::City => "city-to-city",
            Type::Supported => "supported-initiative",
        }
    }
}

/// A locality: name, country, inhabitants, shares in 1/1000 of the migrant groups of `truth::GROUPS` (destinations only).
pub struct Locality(pub &'static str, pub &'static str, pub i64, pub [i64; 6]);

/// Localities of destination.
pub const DESTINATIONS: [Locality; 8] = [
    Locality("Lindervaart", "NL", 148_000, [2, 1, 48, 61, 1, 70]),
    Locality("Havermonde", "NL", 212_000, [3, 2, 66, 58, 2, 95]),
    Locality("Oosterwolde aan Zee", "NL", 74_000, [1, 1, 25, 39, 1, 41]),
    Locality("Montserena", "ES", 118_000, [9, 7, 1, 92, 38, 88]),
    Locality("Vallcorba", "ES", 86_000, [11, 9, 1, 104, 29, 70]),
    Locality("Sant Guim de Ribera", "ES", 52_000, [14, 10, 1, 71, 33, 49]),
    Locality(
        "Beaurivage-sur-Loire",
        "FR",
        137_000,
        [12, 2, 21, 55, 2, 66],
    ),
    Locality("Clairmont-l'Écluse", "FR", 94_000, [16, 3, 18, 49, 2, 60]),
];

/// Localities of origin.
pub const ORIGINS: [Locality; 10] = [
    Locality("Aïn Zouhra", "MA", 92_000, [0; 6]),
    Locality("Tamezrit", "MA", 41_000, [0; 6]),
    Locality("Beni Ouarghal", "MA", 57_000, [0; 6]),
    Locality("Oued Rmila", "MA", 126_000, [0; 6]),
    Locality("Ndiarème", "SN", 68_000, [0; 6]),
    Locality("Thiambé Keur", "SN", 33_000, [0; 6]),
    Locality("Saré Fodéba", "SN", 24_000, [0; 6]),
    Locality("Karapınarcık", "TR", 49_000, [0; 6]),
    Locality("Gökçedere", "TR", 83_000, [0; 6]),
    Locality("Akbulutlu", "TR", 28_000, [0; 6]),
];

/// A programme as designed.
pub struct Programme {
    /// Key.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Type.
    pub kind: Type,
    /// Index in [`DESTINATIONS`].
    pub destination: usize,
    /// Index in [`ORIGINS`].
    pub origin: usize,
    /// Year of the start.
    pub start: i64,
    /// Year in which the main funding ends.
    pub funded_until: i64,
    /// Number of sectors involved, 3 to 6.
    pub sectors: usize,
    /// Who started it: side and actor.
    pub initiator: (&'static str, &'static str),
    /// Main funder.
    pub funder: &'static str,
    /// Motives of the local government, separated by semicolons; empty where nobody recorded them.
    pub motives: &'static str,
}

const LG: &str = "local-government";
const MO: &str = "migrant-organisation";
const NGO: &str = "ngo";

/// Name, type, destination, origin, start, end of funding, sectors, initiator's side, initiator, funder, motives.
type Row = (
    &'static str,
    Type,
    usize,
    usize,
    i64,
    i64,
    usize,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ROWS: [Row; 24] = [
    ("Clean Quarters Lindervaart-Gökçedere", Type::City, 0, 8, 2010, 2014, 5, "destination", LG, "national-government", "cohesion;catalyst"),
    ("Water and Schools Lindervaart-Tamezrit", Type::Supported, 0, 1, 2011, 2014, 4, "destination", MO, "municipality", "cohesion"),
    ("Youth Bridge Lindervaart-Karapınarcık", Type::City, 0, 7, 2012, 2016, 3, "destination", LG, "national-government", "cohesion;national-policy"),
    ("City Link Havermonde-Oued Rmila", Type::City, 1, 3, 2010, 2015, 6, "origin", LG, "national-government", "cohesion;catalyst;economic"),
    ("Women's Workshops Havermonde-Aïn Zouhra", Type::Supported, 1, 0, 2012, 2015, 5, "destination", MO, "municipality", "catalyst"),
    ("Return and Enterprise Havermonde-Akbulutlu", Type::Supported, 1, 9, 2011, 2013, 3, "destination", NGO, "national-government", "remigration;mobility-security;national-policy"),
    ("Harbour Towns Oosterwolde-Oued Rmila", Type::City, 2, 3, 2013, 2017, 4, "destination", LG, "municipality", "cohesion;economic"),
    ("Laptops for Beni Ouarghal", Type::Supported, 2, 2, 2012, 2014, 3, "destination", MO, "private", ""),
    ("Codesenvolupament Montserena-Ndiarème", Type::City, 3, 4, 2010, 2013, 5, "destination", MO, "regional-government", "cohesion;catalyst"),
    ("Health Posts Montserena-Saré Fodéba", Type::Supported, 3, 6, 2011, 2015, 4, "destination", MO, "municipality", "cohesion;catalyst"),
    ("Market Women Montserena-Aïn Zouhra", Type::Supported, 3, 0, 2013, 2016, 4, "origin", NGO, "municipality", "catalyst;economic"),
    ("Waste and Work Vallcorba-Aïn Zouhra", Type::City, 4, 0, 2011, 2015, 5, "destination", LG, "regional-government", "cohesion;national-policy"),
    ("Vallcorba amb Thiambé", Type::Supported, 4, 5, 2010, 2013, 5, "destination", MO, "municipality", "catalyst"),
    ("Citizen Budget Vallcorba-Ndiarème", Type::City, 4, 4, 2013, 2017, 6, "origin", LG, "eu", "cohesion"),
    ("School Twinning Ribera-Saré Fodéba", Type::City, 5, 6, 2012, 2016, 4, "destination", LG, "municipality", "cohesion;catalyst"),
    ("Ribera Collectives for Thiambé", Type::Supported, 5, 5, 2011, 2014, 4, "destination", MO, "regional-government", "catalyst"),
    ("Ribera-Tamezrit Wells", Type::Supported, 5, 1, 2014, 2017, 5, "destination", MO, "municipality", "cohesion"),
    ("Coopération Beaurivage-Ndiarème", Type::City, 6, 4, 2010, 2016, 4, "origin", LG, "national-government", "cohesion;national-policy"),
    ("Jeunes Beaurivage-Beni Ouarghal", Type::City, 6, 2, 2013, 2018, 5, "destination", LG, "eu", "cohesion;mobility-security"),
    ("Beaurivage Remittance Fund", Type::Supported, 6, 3, 2011, 2013, 5, "destination", MO, "national-government", "national-policy;remigration"),
    ("Maisons de Quartier Clairmont-Thiambé", Type::City, 7, 5, 2012, 2015, 4, "destination", LG, "municipality", "cohesion"),
    ("Clairmont-Karapınarcık Vocational Centre", Type::Supported, 7, 7, 2012, 2017, 6, "destination", NGO, "eu", "economic"),
    ("Clairmont-Oued Rmila Libraries", Type::City, 7, 3, 2014, 2018, 3, "destination", LG, "municipality", "cohesion"),
    ("Akbulutlu Village Association", Type::Supported, 0, 9, 2014, 2016, 6, "destination", MO, "private", ""),
];

const IDS: [&str; 24] = [
    "P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12", "P13",
    "P14", "P15", "P16", "P17", "P18", "P19", "P20", "P21", "P22", "P23", "P24",
];

/// The 24 programmes.
pub fn programmes() -> Vec<Programme> {
    let of = |(index, row): (usize, &Row)| Programme {
        id: IDS[index],
        name: row.0,
        kind: row.1,
        destination: row.2,
        origin: row.3,
        start: row.4,
        funded_until: row.5,
        sectors: row.6,
        initiator: (row.7, row.8),
        funder: row.9,
        motives: row.10,
    };
    ROWS.iter().enumerate().map(of).collect()
}

/// Sectors in the order in which programmes involve them: a programme with three has the first three.
pub const SECTORS: [&str; 6] = [
    "government",
    "civil-society",
    "migrant-organisation",
    "school",
    "university",
    "private",
];
