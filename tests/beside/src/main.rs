//! Links trustlist beside `rsa` and `serde_json`, and prints what a program relies on.

use rsa::RsaPublicKey;
use trustlist::verify::RustCrypto;

fn main() {
    // One `rsa`: a key of this program is of the type that the provider uses.
    println!("{} {}", core::any::type_name::<RsaPublicKey>(), core::any::type_name::<RustCrypto>());
    // JSON of this program comes back as `serde_json` writes it by itself: sorted.
    println!("{}", serde_json::json!({ "z": 1, "a": 2 }));
    // JSON of trustlist keeps its order.
    let case = r#"{"z":1,"a":2}"#;
    println!(
        "{}",
        serde_json::from_str::<trustlist::json::Value>(case)
            .map_or_else(|error| error.to_string(), |value| value.to_string())
    );
}
