import Host
import Wire

/// The files of the journal's tree, named as C2SP tlog-tiles names them: `tile/L/N`, unfinished
/// ones `tile/L/N.p/W`, N in groups of three digits with `x` before all but the last.
enum JournalTiles {
    /// The file of a full tile.
    static func path(level: Int, index: UInt64, _ layout: Layout) -> String {
        "\(layout.journal)/tile/\(level)/\(name(of: index))"
    }

    static func path(_ tile: MerkleLog.Tile, _ layout: Layout) -> String {
        "\(layout.journal)/\(name(of: tile))"
    }

    /// The file of a tile, full or not, below the folder of a log.
    static func name(of tile: MerkleLog.Tile) -> String {
        let full = "tile/\(tile.level)/\(name(of: tile.index))"
        if tile.hashes.count == MerkleLog.tileWidth { return full }
        return "\(full).p/\(tile.hashes.count)"
    }

    static func name(of index: UInt64) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
            rest /= 1000
        } while rest > 0
        let reversed = Array(groups.reversed())
        return (reversed.dropLast().map { "x\($0)" } + reversed.suffix(1)).joined(separator: "/")
    }

    /// Writes a tile; a full one takes the place of its unfinished forms.
    static func write(_ tile: MerkleLog.Tile, _ layout: Layout) throws(StoreError) {
        let path = path(tile, layout)
        let isFull = tile.hashes.count == MerkleLog.tileWidth
        try onDisk { () throws(SystemError) in
            try Directory.create(Layout.folder(of: path))
            let file = try File("\(path).new", .create, mode: 0o600)
            try file.resize(to: 0)
            try file.write(tile.hashes.flatMap(\.bytes), offset: 0)
            try Directory.rename(file.path, to: path)
            if isFull && Directory.exists("\(path).p") { try Directory.removeTree("\(path).p") }
        }
    }

    /// Whether a tile's file is what it should be.
    static func isSound(_ tile: MerkleLog.Tile, _ layout: Layout) throws(StoreError) -> Bool {
        let bytes = try DurableFile.read(path(tile, layout), limit: 1 << 20)
        return bytes == tile.hashes.flatMap(\.bytes)
    }

    /// Writes a tile if its file is not what it should be.
    static func repair(_ tile: MerkleLog.Tile, _ layout: Layout) throws(StoreError) {
        if !(try isSound(tile, layout)) { try write(tile, layout) }
    }
}
