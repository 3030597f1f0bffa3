//! Texts that values are taken from: pools made once, already escaped for JSON.

use std::sync::{Arc, OnceLock};

use fake::Fake;
use fake::faker::internet::en::UserAgent;
use fake::faker::job::en::Title;

use crate::seed::Seed;

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    AddressDetail,
    AddressLine,
    Branch,
    Category,
    Code,
    Color,
    Comment,
    Department,
    Description,
    Direction,
    Environment,
    Event,
    File,
    Gender,
    Ipv4,
    Ipv6,
    Job,
    Key,
    Language,
    Link,
    Mac,
    MediaType,
    Message,
    Method,
    Name,
    Path,
    Platform,
    Product,
    Project,
    Role,
    Scope,
    SortField,
    Status,
    Summary,
    Tag,
    Title,
    Unit,
    UserAgent,
    Version,
}

/// Words that texts are made of; they need no escaping.
pub(super) const WORDS: [&str; 16] = [
    "harbor", "copper", "meadow", "lantern", "orchid", "summit", "willow", "ember", "quartz", "falcon",
    "cedar", "delta", "prairie", "saffron", "granite", "velvet",
];

/// Texts as JSON, with their quotes.
pub(super) type Texts = Arc<[Box<[u8]>]>;

impl Pool {
    /// The texts as they are.
    pub fn texts(self) -> Vec<String> {
        let texts: &[&str] = match self {
            Self::Job => return made(&Title()),
            Self::UserAgent => return made(&UserAgent()),
            Self::AddressDetail => &[
                "Reception desk",
                "Rear entrance",
                "Goods yard",
                "Business Park",
                "Old Brewery",
                "Innovation Campus",
            ],
            Self::AddressLine => &[
                "Floor 3",
                "Suite 200",
                "Building B",
                "Unit 12",
                "2nd floor",
                "Apartment 4",
                "Block C",
                "Office 17",
            ],
            Self::Branch => &["main", "develop", "release/2.3", "feature/search", "fix/login"],
            Self::Category => &["standard", "premium", "internal", "external", "basic", "custom"],
            Self::Code => &["A17", "B204", "K93X", "QX12", "M7T4", "ZR58", "C31P", "H6W2"],
            Self::Color => {
                &["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf"]
            }
            Self::Comment => &[
                "Looks good to me.",
                "Could we move this to next week?",
                "Delivered this morning, thank you!",
                "Please double-check the numbers on page two.",
                "Works as described.",
                "I have added the missing details.",
                "Let us discuss this in the next meeting.",
                "The customer asked for a second quote.",
                "Great service, will order again.",
                "Fixed in the latest release.",
            ],
            Self::Department => &[
                "Engineering",
                "Finance",
                "Marketing",
                "Human Resources",
                "Sales",
                "Customer Support",
                "Legal",
                "Operations",
            ],
            Self::Description => &[
                "Runs day-to-day operations for the northern region.",
                "Helps small teams plan, build and ship faster.",
                "Shared workspace for the support and billing teams.",
                "Keeps inventory and orders in one place.",
                "Created during the spring migration and reviewed since.",
                "Primary contact for enterprise customers in Europe.",
                "Used for nightly builds and release checks.",
                "Long-term archive of signed documents.",
                "Family-owned business founded in 1987.",
                "Offers delivery on weekdays between 8 and 18.",
                "Internal tools for finance and reporting.",
                "Pilot project with three partner companies.",
                "Handles returns, refunds and warranty claims.",
                "Provides clean energy to over forty towns.",
                "Seasonal catalog with limited availability.",
                "Coordinates volunteers and local events.",
            ],
            Self::Direction => &["asc", "desc"],
            Self::Environment => &["production", "staging", "development", "test"],
            Self::Event => &["created", "updated", "deleted", "published", "archived", "restored"],
            Self::File => &[
                "contract-2023.pdf",
                "invoice-1042.pdf",
                "team-photo.jpg",
                "budget.xlsx",
                "meeting-notes.docx",
                "logo.svg",
                "export.csv",
                "backup.zip",
            ],
            Self::Gender => &["female", "male", "other"],
            Self::Ipv4 => &[
                "192.0.2.14",
                "192.0.2.77",
                "198.51.100.23",
                "198.51.100.142",
                "203.0.113.8",
                "203.0.113.201",
            ],
            Self::Ipv6 => &["2001:db8::1f", "2001:db8:4a::17", "2001:db8:0:12::9", "2001:db8:85a3::7334"],
            Self::Key => &[
                "environment",
                "region",
                "source",
                "priority",
                "channel",
                "campaign",
                "department",
                "version",
                "category",
                "owner",
                "stage",
                "segment",
            ],
            Self::Language => {
                &["English", "German", "French", "Spanish", "Italian", "Dutch", "Japanese", "Swedish"]
            }
            Self::Link => &[
                "https://www.example.com/docs/getting-started",
                "https://www.example.com/reports/2023",
                "https://api.example.com/v1/items/4821",
                "https://www.example.org/articles/117",
                "https://files.example.net/download/8c41",
                "https://www.example.com/projects/atlas",
                "https://status.example.com/incidents/42",
                "https://shop.example.com/orders/10385",
            ],
            Self::Mac => {
                &["00:00:5e:00:53:01", "00:00:5e:00:53:2a", "00:00:5e:00:53:7f", "00:00:5e:00:53:c4"]
            }
            Self::MediaType => {
                &["application/json", "image/png", "text/plain", "application/pdf", "image/jpeg"]
            }
            Self::Message => &[
                "The request was completed.",
                "All changes were saved.",
                "The operation has finished.",
                "Everything is up to date.",
                "The details are available below.",
                "The request was processed as asked.",
                "The information was retrieved.",
                "The task was accepted.",
            ],
            Self::Method => &["GET", "POST", "PUT", "DELETE", "PATCH"],
            Self::Name => &[
                "Northern Region",
                "Spring Campaign",
                "Main Account",
                "Quarterly Review",
                "Standard Plan",
                "Pilot Program",
                "Primary Contact",
                "Release Candidate",
                "Field Office",
                "Annual Report",
            ],
            Self::Path => &[
                "/v1/items/4821",
                "/v1/projects/117",
                "/reports/2023/summary",
                "/files/documents/contract",
                "/v1/users/2093",
                "/archive/2022",
            ],
            Self::Platform => &["linux", "macos", "windows", "android", "ios"],
            Self::Product => &[
                "Walnut Desk Lamp",
                "Trail Running Shoes",
                "Ceramic Pour-Over Set",
                "Wireless Keyboard",
                "Merino Wool Scarf",
                "Stainless Water Bottle",
                "Noise-Cancelling Headphones",
                "Standing Desk",
                "Canvas Backpack",
                "Cast Iron Skillet",
                "Espresso Grinder",
                "Linen Bedding Set",
            ],
            Self::Project => &[
                "atlas",
                "billing-portal",
                "mobile-app",
                "data-pipeline",
                "website-relaunch",
                "inventory-sync",
                "search-service",
                "notification-hub",
                "design-system",
                "customer-dashboard",
            ],
            Self::Role => &["admin", "member", "owner", "viewer", "editor", "billing"],
            Self::Scope => &["read", "write", "organizations:read", "profile", "users:read", "billing:write"],
            Self::SortField => &["name", "created_at", "updated_at", "id"],
            Self::Status => &["active", "pending", "completed", "inactive", "in_progress", "archived"],
            Self::Summary => &[
                "Quarterly results are in",
                "Faster checkout for everyone",
                "A fresh look at onboarding",
                "Built for teams that travel",
                "Simple, secure, reliable",
                "Everything in one place",
                "New features this month",
                "Made to last",
                "From idea to launch",
                "Better together",
            ],
            Self::Tag => &[
                "urgent",
                "backend",
                "customer",
                "finance",
                "beta",
                "marketing",
                "design",
                "release",
                "documentation",
                "mobile",
            ],
            Self::Title => &[
                "Weekly planning",
                "Release notes for spring",
                "Invoice for consulting",
                "Onboarding checklist",
                "Server maintenance",
                "Team offsite agenda",
                "Customer survey results",
                "Budget review",
                "Design workshop",
                "Security update",
                "Website relaunch",
                "Delivery schedule",
            ],
            Self::Unit => &["kg", "piece", "hour", "m", "l"],
            Self::Version => &["1.0.0", "1.4.2", "2.0.1", "2.3.0", "3.1.4", "0.9.7"],
        };
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// Whether the texts are sentences, which can follow one another.
    pub fn is_prose(self) -> bool {
        matches!(self, Self::Comment | Self::Description | Self::Message)
    }

    /// The texts as JSON.
    pub fn escaped(self) -> Texts {
        static POOLS: [OnceLock<Texts>; COUNT] = [const { OnceLock::new() }; COUNT];
        Arc::clone(POOLS[self as usize].get_or_init(|| escape(&self.texts())))
    }
}

const COUNT: usize = 39;

/// Texts as JSON.
pub(super) fn escape(texts: &[String]) -> Texts {
    texts.iter().map(|text| quoted(text)).collect()
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> Box<[u8]> {
    // Most are names and words, which stand for themselves; a plan quotes thousands while a request waits.
    if text.bytes().all(|byte| byte >= b' ' && !matches!(byte, b'"' | b'\\')) {
        return [b"\"", text.as_bytes(), b"\""].concat().into();
    }
    serde_json::to_vec(text).expect("a string is always JSON").into_boxed_slice()
}

/// Texts that a faker makes, always the same.
fn made<F>(faker: &F) -> Vec<String>
where
    String: fake::Dummy<F>,
{
    let mut random = Seed(1).random();
    (0..24).map(|_| faker.fake_with_rng(random.generator())).collect()
}
