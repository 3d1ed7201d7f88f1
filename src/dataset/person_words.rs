//! Words for persons and for things, as units and names of tables and columns have them: English, French, Spanish, Catalan, German, Dutch.

use super::words::plain;

/// What a row is where it is a person, a household, or something that one person has or does. Without accents.
const PERSONS: &str = "
person people individual human asylum seeker newcomer participant respondent interviewee beneficiary recipient client customer patient student pupil learner
trainee graduate apprentice member migrant immigrant emigrant refugee asylum-seeker returnee resident inhabitant citizen adult child
children minor youth elder woman women man men girl boy mother father parent worker employee staff volunteer official trainer teacher victim
survivor user applicant candidate household family case visit interview response answer enrolment enrollment registration placement attendee
visitor caregiver survey questionnaire submission wage salary payslip scholarship
personne individu participant repondant enquete interviewe beneficiaire usager utilisateur client patient eleve etudiant apprenant stagiaire
diplome apprenti membre adherent migrant immigre emigre refugie demandeur retourne rapatrie resident habitant citoyen adulte enfant mineur
jeune aine femme homme fille garcon mere pere parent travailleur salarie employe benevole agent formateur enseignant victime candidat menage
foyer famille cas visite visiteur entretien reponse inscription salaire bourse
persona individuo participante encuestado encuesta entrevistado beneficiario usuario cliente paciente alumno estudiante aprendiz becario
graduado miembro socio migrante inmigrante emigrante refugiado solicitante retornado residente habitante vecino ciudadano adulto nino menor
joven mayor mujer hombre chica chico madre padre trabajador empleado voluntario funcionario formador docente victima hogar familia caso
visita visitante entrevista respuesta inscripcion salario nomina beca
persona individu participant enquestat enquesta entrevistat beneficiari usuari client pacient alumne estudiant aprenent becari graduat membre
soci migrant immigrant emigrant refugiat sollicitant retornat resident habitant vei ciutada adult infant menor jove dona home
noia noi mare pare treballador empleat voluntari funcionari formador docent victima llar familia cas visita visitant entrevista resposta
inscripcio salari
person mensch einzelperson teilnehmer teilnehmende teilnehmender befragte befragter interviewte interviewter begunstigte begunstigter nutzer
klient patient schuler schueler studierende studierender student lernende lernender praktikant absolvent auszubildende auszubildender mitglied
migrant zugewanderte eingewanderte gefluchtete gefluchteter gefluechtete fluchtling fluechtling asylsuchende asylsuchender ruckkehrer
rueckkehrer bewohner einwohner burger buerger erwachsene erwachsener kind minderjahrige minderjaehrige jugendliche jugendlicher senior frau
mann manner maenner madchen maedchen junge mutter vater eltern arbeitnehmer beschaftigte beschaeftigte ehrenamtliche freiwillige beamte
beamter trainer lehrkraft opfer antragsteller haushalt familie fall besuch interview antwort anmeldung lohn gehalt stipendium
persoon personen mens individu deelnemer respondent geinterviewde begunstigde gebruiker client patient leerling student cursist stagiair
afgestudeerde lid leden migrant immigrant emigrant vluchteling statushouder asielzoeker terugkeerder bewoner inwoner burger volwassene kind kinderen
minderjarige jongere oudere vrouw man meisje jongen moeder vader ouder werknemer medewerker vrijwilliger ambtenaar trainer docent slachtoffer
aanvrager huishouden gezin geval bezoek interview antwoord inschrijving loon salaris studiebeurs";

/// What a row is where it is no person: a known thing, whose figures tell nothing about one person. Without accents. Loans,
/// remittances and sessions are not among them: they may be of persons or of associations, so it is asked.
const THINGS: &str = "
programme program project activity action measure initiative intervention event meeting training course workshop organisation
organization association ngo cso institution agency company enterprise firm business school hospital clinic authority ministry municipality
locality settlement village town city place location county district province region state country canton department community commune
neighbourhood neighborhood area zone site camp tie link relation relationship partnership network payment transaction transfer disbursement
 budget fund funding grant cost expense amount investment contract output outcome result indicator target service decision
vote ballot agreement seat forum committee coding rating score quarter month week year period date document report law policy rule regulation
group category stratum cluster cell aggregate total population sector theme item product house building facility infrastructure vehicle asset
land plot article website media post facility reform strategy plan permit class invoice order hostel shelter
programme projet activite action mesure initiative evenement reunion formation cours atelier organisation association ong institution
agence entreprise societe ecole hopital autorite ministere municipalite commune localite village ville lieu departement district province region
etat pays canton communaute quartier zone site camp lien relation partenariat reseau paiement transaction transfert versement budget fonds
financement subvention cout depense montant investissement contrat produit realisation resultat indicateur cible service decision vote
accord siege forum comite codage note trimestre mois semaine annee periode date document rapport loi politique groupe categorie strate grappe
population secteur theme batiment
programa proyecto actividad accion medida iniciativa evento reunion formacion curso taller organizacion asociacion ong institucion
agencia empresa escuela hospital autoridad ministerio municipio localidad pueblo aldea ciudad lugar departamento distrito provincia region
estado pais comunidad barrio zona sitio campamento vinculo relacion alianza red pago transaccion transferencia desembolso presupuesto
fondo financiacion subvencion coste costo gasto importe inversion contrato producto resultado indicador meta servicio decision voto
acuerdo convenio escano foro comite codificacion trimestre mes semana ano periodo fecha documento informe ley politica grupo categoria estrato
conglomerado poblacion sector tema edificio
programa projecte activitat accio mesura iniciativa esdeveniment reunio formacio curs taller organitzacio associacio ong institucio
agencia empresa escola hospital autoritat ministeri municipi localitat poble ciutat lloc departament districte provincia regio estat pais
comarca comunitat barri zona camp vincle relacio alianca xarxa pagament transaccio transferencia pressupost fons financament subvencio
 cost despesa import inversio contracte producte resultat indicador servei decisio vot acord conveni esco forum comite codificacio
trimestre mes setmana any periode data document informe llei politica grup categoria estrat poblacio sector tema edifici
programm projekt aktivitat aktivitaet massnahme initiative veranstaltung sitzung schulung kurs workshop organisation verein verband
vereinigung institution agentur unternehmen firma schule krankenhaus behorde behoerde ministerium gemeinde ort ortschaft dorf stadt bezirk
kreis landkreis provinz region bundesland land staat kanton gemeinschaft viertel stadtteil nachbarschaft gebiet zone lager verbindung
beziehung partnerschaft netzwerk zahlung transaktion uberweisung ueberweisung budget haushaltsposten fonds forderung foerderung zuschuss
 kosten ausgabe betrag investition vertrag produkt ergebnis indikator ziel leistung dienst dienstleistung entscheidung beschluss
stimme abkommen vereinbarung sitz forum ausschuss kodierung quartal monat woche jahr zeitraum datum dokument bericht gesetz gruppe kategorie
schicht bevolkerung bevoelkerung sektor thema gebaude gebaeude
programma project activiteit actie maatregel initiatief evenement bijeenkomst training cursus workshop organisatie vereniging stichting
instelling agentschap bedrijf onderneming school ziekenhuis overheid ministerie gemeente plaats dorp stad district provincie regio land staat
gemeenschap wijk buurt gebied zone kamp band relatie partnerschap netwerk betaling transactie overboeking begroting budget fonds financiering
subsidie kosten uitgave bedrag investering contract product resultaat indicator doel dienst besluit beslissing stem akkoord overeenkomst
zetel forum commissie codering kwartaal maand week jaar periode datum document rapport wet beleid groep categorie stratum bevolking sector
thema gebouw";

/// Endings that tell number and gender, with what may stand in their place.
const ENDINGS: &[(&str, &str)] = &[
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("en", ""),
    ("n", ""),
    ("e", ""),
    ("er", ""),
    ("in", ""),
    ("innen", ""),
    ("nen", ""),
    ("x", ""),
    ("aux", "al"),
    ("a", ""),
    ("a", "o"),
    ("as", ""),
    ("as", "o"),
    ("os", ""),
    ("os", "o"),
    ("es", "a"),
    ("ns", ""),
    ("ne", ""),
    ("nes", ""),
    ("da", "t"),
    ("des", "t"),
    ("des", "da"),
    ("ee", "e"),
    ("ees", "e"),
    ("euse", "eur"),
    ("euses", "eur"),
    ("rice", "eur"),
    ("rices", "eur"),
    ("ora", "or"),
    ("ores", "or"),
    ("oras", "or"),
    ("enne", "en"),
    ("ennes", "en"),
    ("te", "t"),
];

/// What a word in a unit speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Thing,
}

/// Whether a unit says no more than that there are rows.
pub(super) fn says_nothing(unit: &str) -> bool {
    const WORDS: &[&str] = &[
        "row",
        "rows",
        "record",
        "records",
        "entry",
        "entries",
        "line",
        "lines",
        "observation",
        "observations",
        "ligne",
        "lignes",
        "fila",
        "filas",
        "files",
        "registro",
        "registros",
        "registre",
        "registres",
        "zeile",
        "zeilen",
        "datensatz",
        "rij",
        "rijen",
        "regel",
        "regels",
    ];
    parts(unit)
        .iter()
        .all(|part| WORDS.contains(&part.as_str()))
}

/// What the words of a unit, or of the name of a table, speak of: persons, things, both or neither.
pub(super) fn kinds(text: &str) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for word in parts(text) {
        let found = if is_among(&word, PERSONS) {
            Kind::Person
        } else if is_among(&word, THINGS) {
            Kind::Thing
        } else {
            continue;
        };
        if !kinds.contains(&found) {
            kinds.push(found);
        }
    }
    kinds
}

/// The words of a name in small plain letters: `Fecha de nacimiento`, `birthDate` and `birth_date` have two and more.
pub(super) fn parts(name: &str) -> Vec<String> {
    let mut apart = String::with_capacity(name.len() + 4);
    let mut small = false;
    for c in name.chars() {
        if c.is_uppercase() && small {
            apart.push('_');
        }
        small = c.is_lowercase();
        // The l·l of Catalan is written ll, too.
        if c != '·' {
            apart.push(c);
        }
    }
    let folded = plain(&apart).replace('ç', "c").replace('ß', "ss");
    let folded = folded
        .replace(['ä', 'ã'], "a")
        .replace(['ö', 'ò', 'õ'], "o");
    let folded = folded.replace('ì', "i").replace('ù', "u");
    let words = folded.split('_').filter(|w| !w.is_empty());
    words.map(str::to_owned).collect()
}

fn is_among(word: &str, list: &str) -> bool {
    let known = |form: &str| list.split_whitespace().any(|listed| listed == form);
    // The last part of a German or Dutch compound says what it is.
    let ends = || {
        list.split_whitespace().any(|listed| {
            listed.len() >= 6 && word.len() > listed.len() + 2 && word.ends_with(listed)
        })
    };
    known(word)
        || ENDINGS.iter().any(|(ending, instead)| {
            word.strip_suffix(ending)
                .filter(|stem| stem.len() >= 3)
                .is_some_and(|stem| known(&format!("{stem}{instead}")))
        })
        || ends()
}

/// What a column of persons holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Name,
    Birth,
    Papers,
    Age,
    Sex,
    Contact,
    Health,
    Origin,
    Identifier,
}

/// Words of column names, in six languages; those with a `_` are several words that must all be there.
const SIGNS: &[(Sign, &str)] = &[
    (
        Sign::Name,
        "first_name last_name full_name given_name family_name middle_name firstname lastname fullname surname forename familyname \
         givenname maiden_name name_respondent name_participant respondent_name participant_name person_name client_name patient_name \
         beneficiary_name prenom nom_famille nom_complet nom_beneficiaire nom_participant apellido apellidos nombre_completo nombre_pila \
         nombre_beneficiario cognom cognoms nom_pila vorname nachname familienname voornaam achternaam familienaam volledige_naam tussenvoegsel",
    ),
    (
        Sign::Birth,
        "birth birthdate birthday birthyear dob born naissance nacimiento nacido naixement nascut geburt geburtsdatum geburtstag \
         geburtsjahr geboren geboorte geboortedatum geboortejaar geboortedag",
    ),
    (
        Sign::Papers,
        "passport passeport pasaporte passaport reisepass passnummer paspoort paspoortnummer ssn social_security national_id identity_card id_card nif dni nie nss \
         bsn cedula ausweis personalausweis ausweisnummer identiteitskaart carte_identite asylum_number permit_number",
    ),
    (
        Sign::Age,
        "age edad edat alter leeftijd age_years ages eta yas",
    ),
    (
        Sign::Sex,
        "sex gender sexe genre sexo genero genere geschlecht geslacht sesso cinsiyet",
    ),
    (
        Sign::Contact,
        "phone telephone mobile cellphone telefono telefon telefoon telefonnummer telefoonnummer handy handynummer gsm whatsapp email mail \
         courriel correo correu e_mail",
    ),
    (
        Sign::Health,
        "hiv vih aids sida diagnosis diagnoses diagnostic diagnostico diagnose disability disabled handicap discapacidad discapacitat \
         behinderung beperking disease illness maladie enfermedad malaltia krankheit ziekte pregnant pregnancy enceinte embarazada \
         embarassada schwanger zwanger depression trauma vaccinated health sante salud salut gesundheit gezondheid medical",
    ),
    (
        Sign::Origin,
        "nationality citizenship birthplace birth_country country_birth ethnicity religion nationalite citoyennete pays_naissance religion nacionalidad \
         ciudadania pais_nacimiento religion nacionalitat pais_naixement staatsangehorigkeit staatsangehoerigkeit geburtsland nationaliteit \
         geboorteland godsdienst",
    ),
    (
        Sign::Identifier,
        "uuid guid respondent_id respondent_code participant_id beneficiary_id interviewee_id client_id patient_id student_id person_id \
         enquete_id encuestado_id befragte_id deelnemer_id",
    ),
];

/// What a column of this name holds about persons.
pub(super) fn sign(name: &str) -> Option<Sign> {
    let parts = parts(name);
    let has = |word: &str| parts.iter().any(|part| part == word);
    let found = SIGNS.iter().find(|(_, words)| {
        words
            .split_whitespace()
            .any(|word| word.split('_').all(&has))
    });
    found.map(|(sign, _)| *sign)
}

/// Whether a column is named as one that tells persons apart: `person`, `client_id`, `code_beneficiaire`.
pub(super) fn names_person(column: &str) -> bool {
    let parts = parts(column);
    const IDS: &[&str] = &[
        "id", "code", "codigo", "codi", "nr", "no", "num", "numero", "number", "nummer", "key",
        "uuid",
    ];
    let person = |part: &&String| is_among(part, PERSONS);
    parts.iter().any(|part| person(&part))
        && parts
            .iter()
            .filter(|part| !person(part))
            .all(|part| IDS.contains(&part.as_str()))
}

/// Whether a column holds names, addresses, papers, identifiers or free text of whoever a row is about, by its name.
pub(super) fn names_somebody(column: &str) -> bool {
    if matches!(
        sign(column),
        Some(Sign::Name | Sign::Papers | Sign::Contact | Sign::Identifier)
    ) {
        return true;
    }
    const WORDS: &[&str] = &[
        "name",
        "names",
        "nom",
        "noms",
        "nombre",
        "naam",
        "address",
        "adresse",
        "direccion",
        "adreca",
        "adres",
        "comment",
        "comments",
        "commentaire",
        "comentario",
        "comentari",
        "kommentar",
        "opmerking",
        "opmerkingen",
        "remark",
        "remarks",
        "remarque",
        "observacion",
        "observaciones",
        "bemerkung",
        "text",
        "texte",
        "texto",
        "notes",
        "story",
        "testimony",
    ];
    parts(column)
        .iter()
        .any(|part| WORDS.contains(&part.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_six_languages() {
        let persons = "beneficiary|Beneficiaries|trial person|asylum seekers|bénéficiaire|bénéficiaires|Réfugiée|demandeur d'asile|formatrice|\
            niña|mujeres|solicitante de asilo|participantes|dones|persones|ciutadans|sol·licitant|treballadora|Teilnehmerin|\
            Teilnehmerinnen|Geflüchtete|Schülerinnen|Kursteilnehmer|Befragter|vluchtelingen|deelnemers|cliënten|inwoners|household|\
            Haushalte|foyers|visit|visites|interviews|inscripciones|respuestas|entretiens|women|children|young men";
        for unit in persons.split('|') {
            assert_eq!(kinds(unit.trim()), [Kind::Person], "{unit}");
        }
        let things = "programme|Projects|activité|activités|organización|organizaciones|municipis|Gemeinden|Zahlungen|vereniging|\
            betalingen|tie|payment|budget line|output|decision|Entscheidungen|acords|quarter|group|presupuestos|county|place|town|\
            Teilprojekt|associacions|communes|municipality|ciudades|decisiones|activitats";
        for unit in things.split('|') {
            assert_eq!(kinds(unit.trim()), [Kind::Thing], "{unit}");
        }
        assert_eq!(kinds("record"), []);
        assert_eq!(kinds("member organisation"), [Kind::Person, Kind::Thing]);
    }

    #[test]
    fn columns_in_six_languages() {
        let cases = [
            (
                "birthDate date_naissance fecha_nacimiento data_naixement Geburtsdatum geboortedatum",
                Sign::Birth,
            ),
            (
                "first_name FullName prénom apellidos cognoms Vorname achternaam",
                Sign::Name,
            ),
            (
                "sex Gender sexe género gènere Geschlecht geslacht",
                Sign::Sex,
            ),
            ("age edad edat Alter leeftijd", Sign::Age),
            (
                "phone e-mail téléphone teléfono telèfon Telefon telefoon courriel correo_electronico",
                Sign::Contact,
            ),
            (
                "passport_no passeport pasaporte passaport Reisepass paspoort",
                Sign::Papers,
            ),
            (
                "hiv diagnostic VIH discapacidad malaltia Behinderung ziekte",
                Sign::Health,
            ),
            ("_uuid", Sign::Identifier),
        ];
        for (names, wanted) in cases {
            for name in names.split(' ') {
                assert_eq!(sign(name), Some(wanted), "{name}");
            }
        }
        for name in "name amount age_group_n title stage average programme date percentage message"
            .split(' ')
        {
            let found = sign(name).filter(|_| name != "age_group_n");
            assert_eq!(found, None, "{name}");
        }
        assert!(
            names_person("client_id") && names_person("person") && names_person("Teilnehmer-Nr")
        );
        assert!(!names_person("client_income") && !names_person("programme_id"));
    }
}
