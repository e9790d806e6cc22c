import Host
import Store
import Swarm
import Wire

/// Comparing catalogues by sketches, on the catalogue's lane. What the disk cannot answer is left
/// without an answer: the core compares by pages then.
extension StorePort {
    func prepareSketch(_ session: SessionNumber, salt: SketchSalt, count: Int) {
        catalogueLane.submit { [self] in
            let request = try? catalogue.sketchRequest(count, salt: salt)
            post(.sketchPrepared(session, request ?? SketchRequest(count: count)))
        }
    }

    func makeSketch(_ session: SessionNumber, _ request: SketchRequest) {
        catalogueLane.submit { [self] in
            post(.sketchMade(session, try? catalogue.sketch(for: request)))
        }
    }

    func compareSketch(_ session: SessionNumber, _ frame: SketchFrame) {
        catalogueLane.submit { [self] in
            guard let found = try? catalogue.compare(frame) else { return }
            post(
                .sketchCompared(
                    session, SketchComparison(gap: found.gap, difference: found.difference)))
        }
    }

    func findItems(_ session: SessionNumber, _ items: [UInt64]) {
        catalogueLane.submit { [self] in
            post(.recordsFound(session, (try? catalogue.publicRecords(items: items)) ?? []))
        }
    }
}
