import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct FetchTests {
    private func start(_ seeds: [UInt8] = [2]) -> Driver {
        var driver = Driver()
        for seed in seeds { driver.open(UInt64(seed), seed) }
        return driver
    }

    @Test func `from the record to the layer`() throws {
        var driver = start()
        let sample = try Sample(groups: [1, 3, 0])
        var effects = driver.describe(sample, from: [2], seeds: [2])
        #expect(Set(effects.opened) == Set(sample.files.keys))
        for blob in effects.opened {
            effects += driver.deliver(driver.serve(blob, of: sample, from: [2]))
        }
        #expect(effects.adoptions == 1)
        effects = driver.feed(.layerAdopted(1, sample.held))
        let status = try #require(effects.status(of: 1))
        #expect(status.phase == .done && status.size == 4 << 20)
        #expect(status.received >= 4 << 20 && status.sources.count == 1)
        #expect(effects.unsigned.count == 1 && driver.core.fetches.isEmpty)
        #expect(driver.core.requests.isEmpty && driver.core.downloads.isEmpty)
        #expect(driver.core.sessions[2]?.pace.asked == 0)
    }

    @Test func `a layer that is held is fetched at once`() throws {
        var driver = start()
        let sample = try Sample()
        driver.feed(.layerHeld(sample.held))
        let effects = driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        #expect(effects.phase(of: 1) == .done && effects.lookups == 0)
    }

    @Test(arguments: [(groups: 2, atOnce: 16), (groups: 1, atOnce: 128)])
    func `large files are opened sixteen at a time, small ones many`(
        groups: Int, atOnce: Int
    ) throws {
        var driver = start()
        let sample = try Sample(groups: [Int](repeating: groups, count: atOnce + 1))
        let opened = driver.describe(sample, from: [2], seeds: [2]).opened
        #expect(opened.count == atOnce)
        #expect(driver.feed(.blobOpened(blob: opened[0], .complete)).opened.count == 1)
    }

    @Test func `a small file is asked for without a question whether it is there`() throws {
        var driver = start()
        let sample = try Sample(groups: [1])
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        var effects = driver.feed(
            .blobOpened(blob: blob, .partial(bitmap: [], layer: sample.files[blob])))
        let request = try #require(effects.requests.first)
        #expect(effects.sent(to: 2).isEmpty && request.session == 2)
        // A holder that does not have it after all is no holder for a while.
        effects = driver.hear(
            2,
            .reject(request: request.request.request, reason: .absent, retryMilliseconds: 0))
        #expect(driver.pass(30 * Span.second).requests.isEmpty)
    }

    @Test(arguments: [true, false])
    func `signature and manifest are asked for at once and come in any order`(
        isSignatureFirst: Bool
    ) throws {
        var driver = start()
        let sample = try Sample(groups: [1])
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        var effects = driver.feed(.holdersFound(1, sample.holders([2])))
        #expect(effects.sent(to: 2).contains(.envelopeRequest(layer: sample.id)))
        #expect(effects.opened == [sample.id])
        effects = driver.feed(.blobOpened(blob: sample.id, .partial(bitmap: [], layer: nil)))
        let request = try #require(effects.requests.first)
        let envelope = Message.envelope(layer: sample.id, bytes: sample.envelope)
        if isSignatureFirst { driver.hear(2, envelope) }
        effects = driver.feed(
            .groupStored(
                2, request: request.request.request, byteCount: sample.content.manifestSize))
        #expect(effects.completed == [sample.id])
        effects = driver.feed(.blobCompleted(blob: sample.id))
        if !isSignatureFirst {
            // It is read when there is something to hold it against.
            #expect(!effects.readsManifest && driver.pass(Span.second).opened.isEmpty)
            #expect(driver.hear(2, envelope).opened == [sample.id])
            effects = driver.feed(.blobOpened(blob: sample.id, .complete))
        }
        #expect(effects.readsManifest)
        effects = driver.feed(.manifestRead(1, ReadManifest(bytes: sample.manifest.bytes)))
        #expect(Set(effects.opened) == Set(sample.files.keys))
    }

    @Test func `group values are asked for beside the question who has the blob`() throws {
        let sample = try Sample(groups: [3])
        var driver = Driver()
        driver.open(2, 2)
        _ = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        let page = Message.groupsRequest(layer: sample.id, blob: blob, page: 0)
        var effects = driver.feed(.blobOpened(blob: blob, .partial(bitmap: [], layer: nil)))
        #expect(effects.sent(to: 2).suffix(2) == [.open(layer: sample.id, blob: blob), page])
        // Who has neither is asked for neither again.
        effects =
            driver.hear(2, .groups(blob: blob, page: 0, bytes: [])) + driver.pass(2 * Span.second)
        #expect(!effects.sent(to: 2).contains(page) && driver.core.bans.isEmpty)
    }

    @Test func `a layer of which no record speaks is given up after fifteen seconds`() throws {
        var driver = start()
        driver.feed(.fetch(1, FetchRequest(layer: Gossip.name([1]))))
        let effects = driver.pass(20 * Span.second)
        guard case .failed(.unreachable(let reason))? = effects.phase(of: 1) else {
            Issue.record("not given up")
            return
        }
        #expect(reason.contains("no record"))
        #expect(effects.lookups > 5 && effects.lookups < 25)
    }

    @Test func `it waits for a holder as long as it is told to`() {
        for (patience, seconds) in [(0, 1), (4, 6), (600, 601)] as [(UInt64, UInt64)] {
            var driver = start()
            var request = FetchRequest(layer: Gossip.name([1]))
            request.patience = patience * Span.second
            driver.feed(.fetch(1, request))
            let early = driver.pass(patience * Span.second)
            #expect(early.phase(of: 1).map { if case .failed = $0 { true } else { false } } != true)
            let late = driver.pass((seconds - patience + 1) * Span.second)
            guard case .failed(.unreachable)? = late.phase(of: 1) else {
                Issue.record("not given up after \(seconds) s")
                return
            }
        }
    }

    @Test func `news does not make the catalogue work more than four times a second`() throws {
        var driver = start()
        let sample = try Sample()
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        var lookups = 0
        for number in 1...500 {
            let record = try Driver.record(60, Driver.node([]), sequence: UInt64(number))
            lookups += driver.take([record], from: 2).lookups
            lookups += driver.pass(10 * Span.millisecond).lookups
        }
        #expect(lookups > 4 && lookups <= 21)
    }

    @Test func `a holder that has nothing is no holder, and the fetch ends`() throws {
        var driver = start()
        let sample = try Sample()
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        driver.feed(.holdersFound(1, sample.holders([2])))
        driver.hear(2, .envelope(layer: sample.id, bytes: []))
        var phase: FetchStatus.Phase?
        for _ in 0..<40 {
            let effects = driver.pass(Span.second)
            if effects.lookups > 0 { driver.feed(.holdersFound(1, sample.holders([2]))) }
            phase = effects.phase(of: 1) ?? phase
        }
        guard case .failed(.unreachable)? = phase else {
            Issue.record("the fetch hangs: \(String(describing: phase))")
            return
        }
    }

    @Test func `holders that are there but silent end a fetch after five minutes`() throws {
        var driver = start()
        let sample = try Sample()
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        driver.feed(.holdersFound(1, sample.holders([2])))
        var phase: FetchStatus.Phase?
        var seconds = 0
        while driver.core.fetches[1] != nil, seconds < 600 {
            phase = driver.pass(Span.second).phase(of: 1) ?? phase
            driver.hear(2, .pong(0))
            seconds += 1
        }
        #expect((299...303).contains(seconds))
        guard case .failed(.unreachable)? = phase else {
            Issue.record("\(String(describing: phase))")
            return
        }
    }

    @Test func `a wrong signature is blamed on who sent it, another holder has the right one`()
        throws
    {
        var driver = start([2, 3])
        let sample = try Sample(by: 2)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        driver.feed(.holdersFound(1, sample.holders([2, 3])))
        let forged = Envelope.signed(
            sample.manifest.bytes, type: Manifest.payloadType, by: Driver.key(3)
        ).detached
        driver.hear(3, .envelope(layer: sample.id, bytes: forged))
        driver.feed(.blobOpened(blob: sample.id, .complete))
        var effects = driver.feed(.manifestRead(1, ReadManifest(bytes: sample.manifest.bytes)))
        #expect(effects.sent(to: 2).contains(.envelopeRequest(layer: sample.id)))
        #expect(driver.core.bans[Driver.key(3).publicKey] != nil)
        effects = driver.hear(2, .envelope(layer: sample.id, bytes: sample.envelope))
        #expect(effects.opened == [sample.id])
        driver.feed(.blobOpened(blob: sample.id, .complete))
        effects = driver.feed(.manifestRead(1, ReadManifest(bytes: sample.manifest.bytes)))
        #expect(effects.opened == Array(sample.files.keys))
    }

    @Test func `a manifest that is private is not taken in`() throws {
        var driver = start()
        let sample = try Sample(visibility: .private)
        let effects = driver.describe(sample, from: [2], seeds: [2])
        guard case .failed(.invalid(let reason))? = effects.phase(of: 1) else {
            Issue.record("it was taken in")
            return
        }
        #expect(reason.contains("is private"))
    }

    @Test func `a manifest whose terms drop those of a parent is not taken in`() throws {
        var driver = start()
        let sample = try Sample(by: 2)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        driver.feed(.holdersFound(1, sample.holders([2])))
        driver.hear(2, .envelope(layer: sample.id, bytes: sample.envelope))
        driver.feed(.blobOpened(blob: sample.id, .complete))
        let refusal = LicenceRefusal(
            rule: .weakerTerms, subject: "nonCommercial", path: ["parent P"],
            reason: "its own terms leave it out", remedy: "state it")
        let effects = driver.feed(
            .manifestRead(1, ReadManifest(bytes: sample.manifest.bytes, contradiction: refusal)))
        #expect(
            effects.phase(of: 1)
                == .failed(
                    .refused(
                        Refusal(.contradiction, refusal.description, remedy: refusal.remedy))))
        #expect(effects.opened.isEmpty)
    }

    @Test func `a manifest whose terms must be accepted is taken in only with that word`() throws {
        let sample = try Sample(by: 2, licence: "LicenseRef-Llama-3.1")
        for acceptance: [UInt8]? in [nil, [1]] {
            var driver = start()
            driver.feed(.fetch(1, FetchRequest(layer: sample.id, acceptance: acceptance)))
            driver.feed(.holdersFound(1, sample.holders([2])))
            driver.hear(2, .envelope(layer: sample.id, bytes: sample.envelope))
            driver.feed(.blobOpened(blob: sample.id, .complete))
            let effects = driver.feed(.manifestRead(1, ReadManifest(bytes: sample.manifest.bytes)))
            #expect(effects.opened.isEmpty == (acceptance == nil))
        }
    }

    @Test func `a record that contradicts the manifest is told, with its signer`() throws {
        var driver = start()
        let sample = try Sample()
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        var content = sample.content
        content.licence = "MIT"
        driver.feed(.holdersFound(1, sample.holders([2], content: content)))
        driver.hear(2, .envelope(layer: sample.id, bytes: sample.envelope))
        driver.feed(.blobOpened(blob: sample.id, .complete))
        let effects = driver.feed(.manifestRead(1, ReadManifest(bytes: sample.manifest.bytes)))
        #expect(effects.logs.contains { $0.contains("contradicts") && $0.contains("licence") })
    }

    @Test func `a lie about the manifest's size costs the honest holder nothing`() throws {
        var driver = start([2, 3])
        let sample = try Sample(by: 2)
        var lie = sample.content
        lie.manifestSize += 1
        let liar = Driver.key(9).publicKey
        let found = LayerHolders(
            descriptions: [.init(content: lie, publisher: liar, source: liar)]
                + sample.holders([]).descriptions,
            holders: sample.holders([3]).holders)
        driver.feed(.fetch(1, FetchRequest(layer: sample.id)))
        driver.feed(.holdersFound(1, found))
        driver.hear(3, .envelope(layer: sample.id, bytes: sample.envelope))
        var effects = driver.feed(
            .blobOpened(blob: sample.id, .partial(bitmap: [], layer: nil)))
        let request = try #require(effects.requests.first)
        effects = driver.feed(.groupRefuted(3, request: request.request.request))
        #expect(effects.released == [sample.id] && effects.opened == [sample.id])
        #expect(driver.core.bans.isEmpty)
        #expect(driver.core.downloads[sample.id]?.size == UInt64(sample.manifest.bytes.count))
    }

    @Test func `the sixty-fifth fetch is told to wait`() throws {
        var driver = start()
        for number in UInt64(0)..<65 {
            let layer = Gossip.name([UInt8(number)])
            let effects = driver.feed(.fetch(number, FetchRequest(layer: layer)))
            if case .failed(.store(let problem))? = effects.phase(of: number) {
                #expect(number == 64 && problem.kind == .quota)
            }
        }
        #expect(driver.core.fetches.count == 64)
    }

    @Test func `holders that vanish while the layer is being taken in do not fail it`() throws {
        var driver = start()
        let sample = try Sample(groups: [1])
        var effects = driver.describe(sample, from: [2], seeds: [2])
        let blob = try #require(sample.files.keys.first)
        effects = driver.deliver(driver.serve(blob, of: sample, from: [2]))
        #expect(effects.adoptions == 1)
        driver.feed(.sessionClosed(2, reason: "reset"))
        driver.pass(Span.minute)
        #expect(driver.feed(.layerAdopted(1, sample.held)).phase(of: 1) == .done)
    }

    @Test func `a fetch that is cancelled lets go of what only it wanted`() throws {
        var driver = start()
        let sample = try Sample(groups: [4])
        let blob = try #require(sample.files.keys.first)
        driver.feed(.layerRemoved(sample.id))
        _ = driver.describe(sample, from: [2], seeds: [2])
        let requests = driver.serve(blob, of: sample, from: [2]).requests
        #expect(requests.count == 2)
        let effects = driver.feed(.cancelFetch(1))
        #expect(effects.phase(of: 1) == .cancelled && effects.released == [blob])
        #expect(effects.sent(to: 2).count == 2 && driver.core.sessions[2]?.pace.asked == 0)
        #expect(driver.feed(.groupStored(2, request: 1, byteCount: 1)).isEmpty)
    }
}

extension [Effect] {
    /// Whether a manifest is to be read.
    fileprivate var readsManifest: Bool {
        contains { if case .readManifest = $0 { true } else { false } }
    }
}
