//! The companies, people and places that records are about; all made up, and their domains reserved (RFC 2606).

mod country;
mod local;
mod locale;
mod names;
mod place;

pub use locale::Locale;
pub(super) use names::write_plain;
pub(super) use place::{PLACES, Place};

/// Names of companies and the short name that their domains are made of.
pub(super) static COMPANIES: [(&str, &str); 48] = [
    ("Blue Harbor Logistics", "blue-harbor"),
    ("Northlight Studios", "northlight-studios"),
    ("Cedar & Finch", "cedar-finch"),
    ("Quillwork Software", "quillwork-software"),
    ("Brightwater Energy", "brightwater-energy"),
    ("Copperfield Analytics", "copperfield-analytics"),
    ("Lantern Health", "lantern-health"),
    ("Marble Arch Media", "marble-arch"),
    ("Summit Trail Outfitters", "summit-trail"),
    ("Redwood Robotics", "redwood-robotics"),
    ("Silverline Networks", "silverline-networks"),
    ("Tidepool Games", "tidepool-games"),
    ("Umbra Security", "umbra-security"),
    ("Verdant Foods", "verdant-foods"),
    ("Willow Creek Farms", "willow-creek"),
    ("Zephyr Airways", "zephyr-airways"),
    ("Amberline Textiles", "amberline-textiles"),
    ("Basalt Engineering", "basalt-engineering"),
    ("Clearpath Mobility", "clearpath-mobility"),
    ("Driftwood Hotels", "driftwood-hotels"),
    ("Everstone Capital", "everstone-capital"),
    ("Foxglove Pharma", "foxglove-pharma"),
    ("Granite Peak Mining", "granite-peak"),
    ("Hollow Oak Furniture", "hollow-oak"),
    ("Ironbridge Partners", "ironbridge-partners"),
    ("Juniper & Rye", "juniper-rye"),
    ("Kestrel Aerospace", "kestrel-aerospace"),
    ("Lakeshore Dental", "lakeshore-dental"),
    ("Meridian Freight", "meridian-freight"),
    ("Nimbus Cloud Services", "nimbus-cloud"),
    ("Orchard Lane Books", "orchard-lane"),
    ("Pinecrest Insurance", "pinecrest-insurance"),
    ("Quarry Street Coffee", "quarry-street"),
    ("Riverbend Brewing", "riverbend-brewing"),
    ("Saffron Kitchens", "saffron-kitchens"),
    ("Thistle Labs", "thistle-labs"),
    ("Upland Wind", "upland-wind"),
    ("Vantage Optics", "vantage-optics"),
    ("Wavecrest Marine", "wavecrest-marine"),
    ("Yarrow Botanicals", "yarrow-botanicals"),
    ("Anchor Point Legal", "anchor-point"),
    ("Beacon Hill Learning", "beacon-hill"),
    ("Cobalt Motors", "cobalt-motors"),
    ("Dovetail Design", "dovetail-design"),
    ("Emberly Ceramics", "emberly-ceramics"),
    ("Fieldstone Construction", "fieldstone-construction"),
    ("Glasswing Data", "glasswing-data"),
    ("Harvest Moon Bakery", "harvest-moon"),
];
