import Host
import Store
import Swarm
import Wire

/// Chains of leaves, read for others and to know what others must answer, and their receipts.
extension StorePort {
    /// Reads a chain on one of the store lanes; signs the code at its end where it is an answer.
    func prove(_ number: UInt64, _ work: ChallengeWork) {
        lane(work.terms.nonce.words.3).submit { [self] in
            post(.storageProved(number, proof(work)))
        }
    }

    /// Whatever this machine cannot read is not here, as far as the verifier is concerned.
    private func proof(_ work: ChallengeWork) -> ChallengeProof {
        let blob = work.terms.blob
        // Opened anew: what is held open would hide that the file is gone.
        guard let reader = try? BlobReader(blob, layout: library.layout),
            reader.size == work.terms.size,
            let layer = try? readers.layer(blob, layout: library.layout)
        else { return .unreadable }
        let isShown = work.terms.mode == .rootOnly && work.received != nil
        return work.run(
            leaf: { index in
                guard let bytes = (try? reader.provenLeaf(index, of: layer)) ?? nil else {
                    return nil
                }
                let proof = isShown ? try? reader.leafProof(index, of: layer) : []
                return proof.map { (bytes, $0) }
            }, sign: { keys.node.sign($0) })
    }

    /// Who says that it holds a layer, or where these nodes are.
    func findMirrors(_ round: UInt64, of layer: Digest?, _ nodes: [NodeKey]) {
        catalogueLane.submit { [self] in
            let search = HolderSearch(catalogue: catalogue, node: node)
            if let layer {
                post(.mirrorsFound(round, (try? search.mirrors(of: layer)) ?? []))
                return
            }
            let holders = nodes.map { node in
                LayerHolders.Holder(node: node, said: (try? search.facts(of: node)) ?? nil)
            }
            post(.mirrorsFound(round, holders))
        }
    }

    /// Keeps a receipt in the journal.
    func keep(_ receipt: StorageReceipt, isPublic: Bool) {
        onIndexLane { [library] in try? library.add(receipt: receipt, isPublic: isPublic) }
    }
}

extension ChallengeMemory {
    /// What a node's receipts as the verifier say.
    init(_ entries: [ReceiptEntry]) {
        self.init()
        for entry in entries { take(entry.receipt, isPublic: entry.isPublic) }
    }
}
