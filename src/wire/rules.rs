//! The rules of the format for each tag: one table for headers, one for records.

/// The rules for one tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// The bit of a tag that may appear once; 0 for tags without a name, which may come again.
    pub(crate) once: u32,
    /// One bit for each length in bytes that is right, the last one for all that are longer.
    sizes: u32,
}

impl Rule {
    const NONE: Self = Self { once: 0, sizes: u32::MAX };

    /// 0 where the length is right.
    #[inline(always)]
    pub(crate) fn wrong_size(self, length: usize) -> u32 {
        !self.sizes >> length.min(31) & 1
    }

    /// The shortest length that is right, in bytes.
    pub(crate) fn size(self) -> usize {
        usize::try_from(self.sizes.trailing_zeros()).unwrap_or(0)
    }
}

/// A rule for every tag.
#[derive(Debug)]
pub(crate) struct Rules {
    rules: [Rule; 256],
    /// One bit for each tag whose children follow in line, so that only the head is stepped over
    /// (`spec/FORMAT.md` section 1.6). Kept beside the rules: the length of a tag waits for this
    /// answer, not for the table.
    containers: u32,
}

impl Rules {
    pub(crate) const NONE: Self = Self { rules: [Rule::NONE; 256], containers: 0 };

    #[inline(always)]
    pub(crate) fn of(&self, tag: u8) -> Rule {
        self.rules.get(usize::from(tag)).copied().unwrap_or(Rule::NONE)
    }

    /// Whether only the head of this tag is stepped over.
    #[inline(always)]
    pub(crate) fn is_container(&self, tag: u8) -> bool {
        tag < 32 && self.containers >> tag & 1 != 0
    }

    /// These tags appear once. They are below 32: each has a bit.
    pub(crate) const fn once(mut self, first: u8, last: u8) -> Self {
        let mut tag = first;
        while tag <= last {
            if let Some(rule) = self.rule(tag) {
                rule.once = 1 << tag;
            }
            tag += 1;
        }
        self
    }

    /// The tag has one of these lengths in bytes.
    pub(crate) const fn sizes(mut self, tag: u8, lengths: &[u32]) -> Self {
        if let Some(rule) = self.rule(tag) {
            rule.sizes = 0;
            let mut rest = lengths;
            while let Some((length, more)) = rest.split_first() {
                rule.sizes |= 1 << *length;
                rest = more;
            }
        }
        self
    }

    /// The tag, below 32, is a container.
    pub(crate) const fn container(mut self, tag: u8) -> Self {
        self.containers |= 1 << tag;
        self
    }

    /// The tag has no name.
    pub(crate) const fn unnamed(mut self, tag: u8) -> Self {
        if let Some(rule) = self.rule(tag) {
            rule.once = 0;
        }
        self
    }

    const fn rule(&mut self, tag: u8) -> Option<&mut Rule> {
        let (_, from) = self.rules.split_at_mut(tag as usize);
        from.first_mut()
    }
}

/// Where each tag stood first, for the error that names the place.
#[derive(Debug)]
pub(crate) struct FirstSeen([Option<usize>; 256]);

impl FirstSeen {
    pub(crate) fn new() -> Self {
        Self([None; 256])
    }

    /// Notes a tag, and returns its place before.
    pub(crate) fn note(&mut self, tag: u8, offset: usize) -> Option<usize> {
        self.0.get_mut(usize::from(tag)).and_then(|first| first.replace(offset))
    }

    /// Whether a tag was noted.
    pub(crate) fn has(&self, tag: u8) -> bool {
        self.0.get(usize::from(tag)).is_some_and(Option::is_some)
    }
}
