//! A static library without std that reads, verifies and predicts. It has its own panic handler and
//! allocator: as soon as any dependency pulls std in, there are two panic handlers and it does not
//! build. `tests/embedding.rs` builds it.
#![no_std]

extern crate alloc;

use alloc::{sync::Arc, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use trustlist::cert::Certificate;
use trustlist::facts::Files;
use trustlist::phone::{
    ConfigOffer, Device, InstalledLists, ListOffer, Offer, Outcome, Phone, Tvs, predict,
};
use trustlist::verify::{Message, OwnSignature, RsaKey, SignatureVerifier, check_own_signature};
use trustlist::wire::{DigestAlgorithm, TrustList};

/// No memory at all: what matters is that it links.
struct Nothing;

unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: Nothing = Nothing;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Says that it can check nothing: the provider of a small device would go in here.
struct NoKeys;

impl SignatureVerifier for NoKeys {
    fn supports(&self, _: DigestAlgorithm) -> bool {
        false
    }

    fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool {
        false
    }
}

/// Returns true if the list verifies and a phone with `installed` accepts it.
pub fn takes(installed: Vec<u8>, offered: Vec<u8>) -> Option<bool> {
    let list = TrustList::parse(&offered).ok()?;
    let record = list.records().next()?.ok()?;
    Certificate::parse(record.certificate()?).ok()?.public_key().bits()?;
    let verified = check_own_signature(&list, &NoKeys).ok()?.outcome == OwnSignature::Consistent;
    let mut files = Files::new(NoKeys);
    let phone = Phone::new(Device::of_model("8851"))
        .with_installed(InstalledLists::of(None, files.list(installed).ok()));
    let itl = ListOffer::List(files.list(Arc::<[u8]>::from(offered)).ok()?);
    let offer = Offer::new().with_itl(itl);
    Some(
        verified && predict(&phone, &offer, &Tvs::Unknown, &files).itl.outcome() == Outcome::Accept,
    )
}

/// The way in for a linker: keeps all of the above.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_no_std_takes() -> bool {
    takes(Vec::new(), Vec::new()).unwrap_or(false)
}
