extension LicenceCatalogue {
    /// Licences of software without share-alike.
    static let permissive: [Entry] = freeSoftware + noticeSoftware + conditionalSoftware

    private static let freeSoftware: [Entry] = [
        .free("0BSD"), .free("MIT-0"), .free("FSFUL"),
        .free("Unlicense", "public domain"), .free("WTFPL", "any use"),
        .free("blessing", "public domain"),
    ]

    private static let noticeSoftware: [Entry] = [
        .notice("MIT"), .notice("BSD-1-Clause"), .notice("BSD-2-Clause"),
        .notice("BSD-2-Clause-Patent", "any use; keep the notice; patent licence"),
        .notice("BSD-3-Clause", "any use; keep the notice, no endorsement"),
        .notice("BSD-3-Clause-Clear", "any use; keep the notice; no patent licence"),
        .notice("BSD-3-Clause-Open-MPI", "any use; keep the notice, no endorsement"),
        .notice("BSD-Source-Code"), .notice("ISC"), .notice("X11"), .notice("MIT-CMU"),
        .notice("Zlib", "any use; do not claim authorship"),
        .notice("BSL-1.0", "any use; keep the notice with source"),
        .notice("PostgreSQL"), .notice("NCSA"), .notice("HPND"), .notice("NTP"), .notice("ICU"),
        .notice("curl"), .notice("libtiff"), .notice("EFL-2.0"), .notice("FSFAP"),
        .notice("FSFULLR"), .notice("FSFULLRWD"), .notice("IBM-pibs"), .notice("JasPer-2.0"),
        .notice("Libpng", "any use; mark what you changed"),
        .notice("libpng-2.0", "any use; mark what you changed"), .notice("MirOS"),
        .notice("OLDAP-2.8"), .notice("SGI-B-2.0"), .notice("SMLNJ"), .notice("SSH-OpenSSH"),
        .notice("SSH-short"), .notice("Saxpath"), .notice("SunPro"),
        .notice("UPL-1.0", "any use; keep the notice; patent licence"),
        .notice("Unicode-DFS-2016"), .notice("LicenseRef-scancode-ppp"),
        .notice("bzip2-1.0.5", "any use; mark what you changed"),
        .notice("bzip2-1.0.6", "any use; mark what you changed"),
        .notice("W3C", "any use; keep the notice, say what changed"),
        .notice("W3C-19980720", "any use; keep the notice, say what changed"),
        .notice("W3C-20150513", "any use; keep the notice, say what changed"),
        .notice("ZPL-2.0", "any use; keep the notice, say what changed"),
        .notice("BlueOak-1.0.0"), .notice("MulanPSL-2.0", "any use; keep the notice"),
    ]

    /// Sources of the conditions: Apache-1.1 §3, BSD-4-Clause §3, PHP-3.01 §6, Minpack §3, FTL §2,
    /// zlib-acknowledgement §4 (a sentence in documents or advertisements); Python-2.0, CNRI
    /// agreement §7 (law of Virginia); Apache-2.0 and ECL-2.0 §3 (patents); XFree86-1.1 §3.
    private static let conditionalSoftware: [Entry] = [
        .notice(
            "Apache-2.0", "any use; keep notices, say what changed; patent licence",
            [.patentTermination]),
        .notice("ECL-2.0", "as Apache-2.0 with a narrower patent licence", [.patentTermination]),
        .notice("Apache-1.0", "any use; keep the notice, credit in advertisements", [.advertising]),
        .notice("Apache-1.1", "any use; keep the notice, credit in documents", [.advertising]),
        .notice("BSD-4-Clause", "any use; credit in advertisements", [.advertising]),
        .notice("BSD-4-Clause-UC", "any use; credit in advertisements", [.advertising]),
        .notice("FTL", "any use; credit in documents", [.advertising]),
        .notice("Minpack", "any use; credit in documents", [.advertising]),
        .notice("PHP-3.01", "any use; keep the notice, restricted name", [.advertising]),
        .notice("zlib-acknowledgement", "any use; credit in documents", [.advertising]),
        .notice("Python-2.0", "any use; keep notices, say what changed", [.choiceOfLaw]),
        .notice("XFree86-1.1", "any use; credit in documents", [.acknowledgement]),
        .notice("IJG", "any use; credit in documents", [.credit]),
        .notice("Info-ZIP", "any use; keep the notice, restricted name", [.credit]),
        .notice(
            "LicenseRef-scancode-info-zip-2003-05", "any use; keep the notice, restricted name",
            [.credit]),
        .notice("CECILL-B", "any use; strong credit", [.markings]),
        .notice("AFL-2.0", "any use; keep notices", [.markings]),
        .notice("AFL-2.1", "any use; keep notices", [.markings]),
        .notice("AFL-3.0", "any use; keep notices", [.markings]),
        .notice("Artistic-1.0", "changed versions must be named as such", [.markings]),
        .notice("Artistic-1.0-Perl", "changed versions must be named as such", [.markings]),
        // Artistic-2.0 §4 (c) (ii) lets a changed version go under a licence that keeps it free.
        .notice(
            "Artistic-2.0", "changed versions must be named as such", [.markings],
            also: [
                "GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-or-later",
                "LGPL-2.0-only", "LGPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later",
                "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later",
                "AGPL-3.0-only", "AGPL-3.0-or-later",
            ]),
        .notice("Bitstream-Vera", "fonts: any use but selling them alone", [.markings]),
        .notice("ECL-1.0", "any use; keep notices, say what changed", [.markings]),
        .notice("ImageMagick", "any use; keep notices, say what changed", [.markings]),
        .notice("LPPL-1.3c", "changed versions must be named as such", [.markings]),
        .notice("NBPL-1.0", "any use; keep notices, say what changed", [.markings]),
        .notice("Qhull", "any use; keep notices, say what changed", [.markings]),
        .notice("RSA-MD", "any use; name the author's algorithm", [.markings]),
        .notice("Unicode-DFS-2015", "any use; keep the notice", [.markings]),
    ]
}
