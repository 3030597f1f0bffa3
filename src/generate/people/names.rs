//! Names of people and streets, by language. What has letters beyond ASCII is told without them in e-mail addresses.

use std::sync::LazyLock;

/// What people and streets are called.
#[derive(Debug)]
pub(in crate::generate) struct Names {
    /// The language (ISO 639-1); empty for people from everywhere.
    pub language: &'static str,
    pub first: Vec<&'static str>,
    pub last: Vec<&'static str>,
    pub streets: Vec<&'static str>,
    /// Whether the number of a house stands before its street.
    pub number_first: bool,
}

/// The names of people from everywhere, with streets in English, and behind them those of each language.
pub(super) static ALL: LazyLock<Vec<Names>> = LazyLock::new(|| ROWS.iter().map(Names::of).collect());

/// Names that commas part, as they are written down here.
struct Row {
    language: &'static str,
    first: &'static str,
    last: &'static str,
    streets: &'static str,
    number_first: bool,
}

impl Names {
    fn of(row: &Row) -> Self {
        let parted = |text: &'static str| text.split(", ").collect();
        Self {
            language: row.language,
            first: parted(row.first),
            last: parted(row.last),
            streets: parted(row.streets),
            number_first: row.number_first,
        }
    }
}

const ENGLISH_STREETS: &str = "Maple Street, Harbor Road, Station Avenue, Mill Lane, Orchard Street, Kings Road, \
    Park Avenue, River Street, Garden Terrace, Chapel Lane, Market Square, Bridge Street, \
    Elm Grove, High Street, Castle Hill, Linden Avenue";

const ROWS: &[Row] = &[
    Row {
        language: "",
        first: "Amara, Ben, Clara, Daniel, Elena, Felix, Grace, Hugo, Ingrid, Jonas, Keiko, Liam, Maya, \
            Nadia, Oscar, Priya, Quentin, Rosa, Samuel, Tara, Uma, Victor, Wendy, Xavier, Yara, \
            Zoe, Adrian, Beatrice, Cyrus, Daria, Emil, Fatima, Gavin, Hannah, Ivan, Julia, Kofi, \
            Leila, Marco, Nina, Omar, Petra, Rafael, Sofia, Theo, Valerie, Walter, Yusuf",
        last: "Adler, Becker, Castillo, Dubois, Eriksson, Fischer, Garcia, Hansen, Ito, Jensen, \
            Kowalski, Larsen, Mendes, Nakamura, Okafor, Patel, Quinn, Rossi, Schmidt, Tanaka, Ueda, \
            Vargas, Weber, Yamada, Zimmer, Almeida, Bergman, Chandra, Donovan, Evans, Foster, \
            Gupta, Hughes, Ivanova, Jacobs, Keller, Lindqvist, Morgan, Novak, Olsen, Park, Reyes, \
            Santos, Turner, Usman, Vogel, Walsh, York",
        streets: ENGLISH_STREETS,
        number_first: true,
    },
    Row {
        language: "en",
        first: "Amelia, Jack, Olivia, Harry, Emily, Thomas, Charlotte, Oliver, Alice, George, Sophie, \
            Henry",
        last: "Smith, Taylor, Brown, Wilson, Evans, Walker, Wright, Turner, Cooper, Clarke, Hughes, \
            Bennett",
        streets: ENGLISH_STREETS,
        number_first: true,
    },
    Row {
        language: "de",
        first: "Anna, Lukas, Lena, Jürgen, Sabine, Felix, Jörg, Katharina, Tobias, Ute, Markus, Johanna",
        last: "Müller, Schmidt, Schneider, Fischer, Weber, Krüger, Schäfer, Köhler, Hoffmann, Vogel, \
            Brandt, Lange",
        streets: "Lindenstraße, Bahnhofstraße, Gartenweg, Hauptstraße, Schillerplatz, Mühlenweg, \
            Goethestraße, Am Markt",
        number_first: false,
    },
    Row {
        language: "fr",
        first: "Camille, Hugo, Léa, Étienne, Manon, Julien, Chloé, Antoine, Élise, Mathieu, Nathalie, \
            Luc",
        last: "Martin, Bernard, Dubois, Lefèvre, Moreau, Girard, Rousseau, Fournier, Mercier, \
            Chevalier, Gauthier, Perrin",
        streets: "rue de la République, avenue Victor Hugo, rue des Lilas, place du Marché, \
            boulevard Voltaire, rue du Moulin, chemin des Vignes, quai de la Gare",
        number_first: true,
    },
    Row {
        language: "es",
        first: "Lucía, Mateo, Sofía, Javier, Carmen, Álvaro, Elena, Diego, Marta, Andrés, Inés, Pablo",
        last: "García, Martínez, López, Hernández, Sánchez, Romero, Navarro, Torres, Domínguez, \
            Vázquez, Ramos, Castillo",
        streets: "Calle Mayor, Avenida del Puerto, Calle del Sol, Plaza de España, Paseo del Río, \
            Calle de la Luna, Ronda Norte, Calle Nueva",
        number_first: false,
    },
    Row {
        language: "it",
        first: "Giulia, Marco, Chiara, Luca, Francesca, Matteo, Elisa, Davide, Paola, Nicolò, Silvia, \
            Giorgio",
        last: "Rossi, Bianchi, Ferrari, Romano, Colombo, Ricci, Marino, Greco, Conti, Gallo, Fontana, \
            Moretti",
        streets: "Via Roma, Via Garibaldi, Corso Italia, Via dei Mille, Piazza Dante, Via Verdi, \
            Viale Europa, Via del Mare",
        number_first: false,
    },
    Row {
        language: "nl",
        first: "Sanne, Daan, Emma, Bram, Lotte, Jeroen, Femke, Sven, Anouk, Thijs, Maaike, Ruben",
        last: "de Jong, Jansen, de Vries, van den Berg, Bakker, Visser, Smit, Meijer, Mulder, Bos, \
            Vos, Dekker",
        streets: "Dorpsstraat, Kerkstraat, Molenweg, Stationsplein, Beatrixlaan, Marktstraat, \
            Schoolstraat, Parklaan",
        number_first: false,
    },
    Row {
        language: "pt",
        first: "Ana, João, Beatriz, Tiago, Inês, Pedro, Mariana, Rui, Sofia, Miguel, Catarina, Gonçalo",
        last: "Silva, Santos, Ferreira, Pereira, Oliveira, Costa, Rodrigues, Almeida, Carvalho, \
            Gonçalves, Araújo, Ribeiro",
        streets: "Rua das Flores, Avenida Central, Rua do Comércio, Rua Nova, Praça da Matriz, \
            Rua do Sol, Travessa da Fonte, Rua Direita",
        number_first: false,
    },
    Row {
        language: "sv",
        first: "Astrid, Erik, Elsa, Lars, Maja, Oskar, Ebba, Nils, Åsa, Gustav, Linnéa, Björn",
        last: "Andersson, Johansson, Karlsson, Nilsson, Eriksson, Lindqvist, Bergström, Sjöberg, \
            Åkesson, Holm, Ekström, Norén",
        streets: "Storgatan, Kungsgatan, Skolgatan, Parkvägen, Björkgatan, Järnvägsgatan, Ängsvägen, \
            Strandvägen",
        number_first: false,
    },
    Row {
        language: "da",
        first: "Freja, Mads, Ida, Søren, Karla, Rasmus, Signe, Jens, Maja, Anders, Line, Mikkel",
        last: "Nielsen, Jensen, Hansen, Pedersen, Sørensen, Møller, Kjær, Lund, Holm, Østergaard, \
            Bach, Krogh",
        streets: "Søndergade, Skolevej, Strandvejen, Møllevej, Algade, Kirkevej, Bakken, Havnegade",
        number_first: false,
    },
    Row {
        language: "nb",
        first: "Ingrid, Ola, Nora, Håkon, Sigrid, Magnus, Solveig, Sindre, Astrid, Eirik, Marte, Øyvind",
        last: "Hansen, Olsen, Larsen, Berg, Haugen, Lund, Solberg, Bakke, Strand, Dahl, Moen, Sæther",
        streets: "Storgata, Kirkeveien, Skolegata, Strandgata, Fjellveien, Elveveien, Bakkegata, Sjøgata",
        number_first: false,
    },
    Row {
        language: "pl",
        first: "Zofia, Jakub, Hanna, Piotr, Agnieszka, Tomasz, Małgorzata, Marek, Kinga, Paweł, Ewa, \
            Łukasz",
        last: "Nowak, Kowalski, Wiśniewski, Wójcik, Kamiński, Zieliński, Szymański, Mazur, Krawczyk, \
            Dąbrowski, Król, Wrona",
        streets: "ulica Lipowa, ulica Szkolna, ulica Ogrodowa, ulica Polna, aleja Jana Pawła, \
            ulica Kwiatowa, ulica Słoneczna, plac Wolności",
        number_first: false,
    },
    Row {
        language: "ja",
        first: "Haruto, Yui, Sota, Hina, Yuto, Aoi, Ren, Sakura, Kaito, Mei, Takumi, Akari",
        last: "Sato, Suzuki, Takahashi, Tanaka, Watanabe, Ito, Yamamoto, Nakamura, Kobayashi, Kato, \
            Yoshida, Yamada",
        streets: "Sakura-dori, Chuo-dori, Aoyama-dori, Omotesando, Meiji-dori, Kawara-machi, Hon-cho, \
            Ekimae-dori",
        number_first: true,
    },
    Row {
        language: "ko",
        first: "Minjun, Seoyeon, Jihoon, Jiwoo, Hyunwoo, Subin, Doyun, Haeun, Junseo, Yuna, Taeyang, \
            Minji",
        last: "Kim, Lee, Park, Choi, Jung, Kang, Cho, Yoon, Jang, Lim, Han, Shin",
        streets: "Teheran-ro, Gangnam-daero, Sejong-daero, Hangang-daero, Eulji-ro, Toegye-ro, \
            Dosan-daero, Mapo-daero",
        number_first: true,
    },
];

/// Writes a name in lower case and in ASCII, as it stands in addresses.
pub(in crate::generate) fn write_plain(name: &str, out: &mut Vec<u8>) {
    for letter in name.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'ä' | 'æ' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            'å' => "aa",
            'á' | 'à' | 'â' | 'ã' | 'ą' => "a",
            'é' | 'è' | 'ê' | 'ë' | 'ę' => "e",
            'í' | 'ì' | 'î' => "i",
            'ó' | 'ò' | 'ô' | 'õ' => "o",
            'ú' | 'ù' | 'û' => "u",
            'ç' | 'ć' => "c",
            'ñ' | 'ń' => "n",
            'ł' => "l",
            'ś' => "s",
            'ź' | 'ż' => "z",
            letter if letter.is_ascii_alphanumeric() => {
                out.push(letter as u8);
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(plain.as_bytes());
    }
}
