/// Limits of names, records, the channel and its messages. Each bounds what a peer can make us
/// keep or compute; the comment says why the number is what it is.
public enum Limits {
    /// Addresses in a ticket or Node record: more than any host has interfaces worth trying.
    public static let endpointsMax = 8
    /// Digits of a ticket: version, key, 8 IPv6 endpoints and the check make 304.
    public static let ticketTextMax = 656

    /// A manifest (RFC 8785 JSON): 100,000 files at about 160 bytes each.
    public static let manifestBytesMax = 16 << 20

    /// A record fits one datagram below the smallest common MTU.
    public static let recordBytesMax = 1024
    /// A name, as in Hugging Face repository ids.
    public static let nameBytesMax = 64
    /// A semantic version.
    public static let versionBytesMax = 32
    /// An SPDX expression; longer ones stand in the manifest only.
    public static let licenceBytesMax = 128
    /// A publisher's label.
    public static let labelBytesMax = 32
    /// A layer type, also `x-…` ones.
    public static let typeBytesMax = 32
    /// Tags of a layer.
    public static let tagsMax = 8
    /// Bytes of a tag.
    public static let tagBytesMax = 24
    /// Parents named in a record; the manifest names all.
    public static let parentsMax = 4
    /// A BCP 47 language tag.
    public static let languageBytesMax = 16
    /// One line of summary.
    public static let summaryBytesMax = 96
    /// A region's name.
    public static let regionBytesMax = 16
    /// A software version.
    public static let softwareBytesMax = 32

    /// Milliseconds that a record's `issued` may be ahead of our clock before it is refused:
    /// a quarter of an hour covers machines without time service.
    public static let clockSkewMilliseconds: UInt64 = 15 * 60 * 1000

    /// A Noise message (Noise specification §3): 65,535 bytes with its tag.
    public static let frameBytesMax = 65_535
    /// The authentication tag of both AEADs.
    public static let tagBytes = 16
    /// Plain bytes of a record without its trailing kind byte.
    public static let recordPayloadMax = frameBytesMax - tagBytes - 1
    /// Bytes of a hello or handshake message: nothing larger is read before a peer has proven
    /// its key.
    public static let handshakeBytesMax = 1024
    /// Bytes in one direction under one key before it must change (2^36).
    public static let rekeyBytes: UInt64 = 64 << 30
    /// Nanoseconds under one key before the sender changes it.
    public static let rekeyNanoseconds: UInt64 = 3600 * 1_000_000_000
    /// Milliseconds that a transport key is vouched for; renewed at half time.
    public static let transportKeyLifeMilliseconds: UInt64 = 30 * 86_400_000

    /// Records in one message: as many of the largest size as fit one frame.
    public static let recordsPerMessageMax = 63
    /// Record ids in one page: 32 KiB.
    public static let identifiersPerPageMax = 1024
    /// Bytes of a search's question: its conditions at their longest, escaped.
    public static let questionBytesMax = 16 * 1024
    /// Records of a search's answer: a page and what is needed to fetch from it.
    public static let answerRecordsMax = 100
    /// Bytes of these records: with their lengths and the head they fit one frame.
    public static let answerBytesMax = 65_000
    /// Envelopes beside a manifest: a publisher and co-signers.
    public static let envelopeBytesMax = 16 * 1024
    /// A document of an organisation in its envelope: fits one frame and one journal entry.
    public static let credentialBytesMax = 60_000
    /// Bytes of a reason in words.
    public static let reasonBytesMax = 256
    /// Bytes of the bitmap that says which groups a peer has: 2^18 groups, 256 GiB, as bits; a
    /// larger partial blob is described by pages.
    public static let bitmapBytesMax = 32 * 1024

    // MARK: Blobs and proofs

    /// Bytes of a blob: 1 TiB. The group layer of such a blob (32 MiB) still fits in memory, and
    /// no file of weights in sight is larger.
    public static let blobBytesMax: UInt64 = 1 << 40

    /// Group values in one page: 1,024 values are 32 KiB, which fits in one frame with its
    /// sibling path.
    public static let pageGroupsMax = 1024

    /// Leaves that one range proof may cover: 4,096 leaves are 64 MiB of data and 128 KiB of
    /// values, small enough to check before the first byte of data is asked for.
    public static let proofLeavesMax = 4096

    /// Values beside the path of a proof: at most two at each level of the tree over 2^26 leaves.
    public static let proofSiblingsMax = 52
}
