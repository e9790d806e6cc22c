import CKernels
import Foundation

/// A stored matrix that ends where readable memory ends, at an odd address if wished: a kernel
/// that reads past a row's end stops the test run.
final class StoredMatrix {
    let element: Int
    let layout: Int
    let stride: Int
    private let memory: UnsafeMutableRawPointer
    private let mapped: Int
    private let data: UnsafeMutableRawPointer

    static let elements = [0, 1, 2]

    init(
        element: Int, layout: Int, outputs: Int, reduced: Int, padding: Int = 0,
        isOdd: Bool = false,
        kind: Draw.Kind, draw: inout Draw
    ) {
        self.element = element
        self.layout = layout
        let (rows, across) = layout == 0 ? (outputs, reduced) : (reduced, outputs)
        stride = across + padding
        let size = element == 0 ? 4 : 2
        let bytes = rows == 0 || across == 0 ? 0 : ((rows - 1) * stride + across) * size
        let page = 65536
        mapped = (bytes + 1 + page - 1) / page * page + page
        memory = mmap(
            nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | Int32(MAP_ANONYMOUS), -1, 0)
        mprotect(memory + mapped - page, page, PROT_NONE)
        data = memory + (mapped - page - bytes - (isOdd ? 1 : 0))
        for index in 0..<bytes / size {
            if element == 0 {
                data.storeBytes(
                    of: draw.float(kind).bitPattern, toByteOffset: index * 4, as: UInt32.self)
            } else {
                let half =
                    element == 1
                    ? UInt16(draw.float(kind).bitPattern >> 16) : draw.half(kind)
                data.storeBytes(of: half, toByteOffset: index * 2, as: UInt16.self)
            }
        }
    }

    /// Replaces the first elements of a matrix of f32.
    func set(_ values: [Float]) {
        data.copyMemory(from: values, byteCount: values.count * 4)
    }

    deinit { munmap(memory, mapped) }

    var right: plasmid_right {
        plasmid_right(data: data, stride: stride, element: Int32(element), layout: Int32(layout))
    }
}

/// Rows of f32 and what they give multiplied with a stored matrix.
struct Product {
    var profile: Int32 = 0
    var rows: Int
    var reduced: Int
    var outputs: Int
    var source: [Float]

    init(profile: Int, rows: Int, reduced: Int, outputs: Int, source: [Float]) {
        self.profile = Int32(profile)
        self.rows = rows
        self.reduced = reduced
        self.outputs = outputs
        self.source = source
    }

    /// By the kernels of the level in use, in chunks of outputs; what a kernel must not write is
    /// returned too.
    func computed(_ matrix: StoredMatrix, chunk: Int = .max, first: Int = 0) -> [Float] {
        computed(matrix.right, chunk: chunk, first: first)
    }

    func computed(_ stored: plasmid_right, chunk: Int = .max, first: Int = 0) -> [Float] {
        var out = [Float](repeating: 7, count: rows * outputs + 16)
        let bytes = plasmid_left_bytes(profile, rows, reduced)
        let left = UnsafeMutableRawPointer.allocate(byteCount: bytes + 64, alignment: 64)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: PLASMID_PRODUCT_SCRATCH, alignment: 64)
        defer {
            left.deallocate()
            scratch.deallocate()
        }
        let tileRows = PLASMID_TILE_ROWS
        let tiles = (rows + tileRows - 1) / tileRows
        for tile in 0..<tiles {
            plasmid_left_pack(profile, source, reduced, rows, reduced, tile, tile + 1, left)
        }
        var right = stored
        var start = first
        while start < outputs {
            let end = chunk < outputs - start ? start + chunk : outputs
            plasmid_product(
                profile, left, rows, reduced, &right, start, end, &out, outputs, scratch)
            start = end
        }
        return out
    }

    /// By the reference.
    func expected(_ matrix: StoredMatrix, first: Int = 0) -> [Float] {
        var out = [Float](repeating: 7, count: rows * outputs + 16)
        var right = matrix.right
        plasmid_product_reference(
            profile, source, reduced, rows, reduced, &right, first, outputs, &out, outputs)
        return out
    }
}
