//! The ways in which a message can break its contract on purpose, by name: what `Prefer: break=` and `verify` choose from.

use std::fmt;

macro_rules! breaches {
    ($($name:ident $code:literal $about:literal)*) => {
        /// One way to break the contract. Its code is public API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Breach { $(#[doc = $about] $name,)* }

        impl Breach {
            /// Every breach: those of a whole message first, then those of its content.
            pub const ALL: &[Breach] = &[$(Breach::$name,)*];

            /// Its kebab-case name.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What is then wrong, as the end of a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Self::$name => $about,)* }
            }
        }
    };
}

breaches! {
    Status "status" "the status is not declared"
    HeaderMissing "header-missing" "a required header field is missing"
    HeaderInvalid "header-invalid" "a header field breaks its schema"
    MediaType "media-type" "the media type is not declared"
    ContentUndeclared "content-undeclared" "there is content where none is declared"
    ContentMissing "content-missing" "there is no content where some is declared"
    Unreadable "unreadable" "the content is not what its media type says"
    Required "required" "a required property is missing"
    DependentRequired "dependent-required" "a property is missing that another one asks for"
    Type "type" "the value has another type"
    Null "null" "the value is null"
    Enum "enum" "the value is none of those that are listed"
    Const "const" "the value is not the only one that is allowed"
    Format "format" "the text does not have its format"
    Pattern "pattern" "the text does not match its pattern"
    MinLength "min-length" "the text is too short"
    MaxLength "max-length" "the text is too long"
    Minimum "minimum" "the number is below its minimum"
    Maximum "maximum" "the number is above its maximum"
    ExclusiveMinimum "exclusive-minimum" "the number is at the minimum that it must be above"
    ExclusiveMaximum "exclusive-maximum" "the number is at the maximum that it must be below"
    MultipleOf "multiple-of" "the number is no multiple of what it must be one of"
    MinItems "min-items" "there are too few items"
    MaxItems "max-items" "there are too many items"
    UniqueItems "unique-items" "an item is there twice"
    Contains "contains" "no item, or too few or many, are of the kind that is asked for"
    MinProperties "min-properties" "there are too few properties"
    MaxProperties "max-properties" "there are too many properties"
    AdditionalProperties "additional-properties" "there is a property that the schema forbids"
    PropertyNames "property-names" "the name of a property is not allowed"
    NoBranch "no-branch" "no alternative takes the value"
    SeveralBranches "several-branches" "several alternatives take the value, where exactly one must"
    Not "not" "the value is of the kind that is excluded"
}

impl Breach {
    /// The breach of this name; JSON Schema's own spelling of a keyword (`minLength`) is understood, too.
    pub fn from_code(code: &str) -> Option<Self> {
        let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
        let wanted = plain(code);
        Self::ALL.iter().copied().find(|breach| plain(breach.code()) == wanted)
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_breach_is_found_by_its_code_and_by_its_keyword() {
        for breach in Breach::ALL {
            assert_eq!(Breach::from_code(breach.code()), Some(*breach));
        }
        let table = [
            ("minLength", Some(Breach::MinLength)),
            ("UNIQUE-items", Some(Breach::UniqueItems)),
            ("typo", None),
            ("", None),
        ];
        for (code, expected) in table {
            assert_eq!(Breach::from_code(code), expected, "{code}");
        }
    }
}
