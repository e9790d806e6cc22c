/// Events by time, first in first out at one time. A heap of four children a node holds times and
/// places only, so that moving an entry never copies an event; it grows with what waits.
package struct EventQueue<Event> {
    private struct Entry {
        let time: UInt64
        let order: UInt64
        let place: Int

        static func < (left: Entry, right: Entry) -> Bool {
            left.time != right.time ? left.time < right.time : left.order < right.order
        }
    }

    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var free: [Int] = []
    private var order: UInt64 = 0

    /// No events.
    package init() {}

    /// Events that wait.
    package var count: Int { heap.count }

    /// Adds an event.
    package mutating func push(_ event: Event, at time: UInt64) {
        let place: Int
        if let reused = free.popLast() {
            place = reused
            events[place] = event
        } else {
            place = events.count
            events.append(event)
        }
        heap.append(Entry(time: time, order: order, place: place))
        order += 1
        rise(heap.count - 1)
    }

    /// Takes the first event if it is due by `end`.
    package mutating func pop(before end: UInt64) -> (UInt64, Event)? {
        guard let first = heap.first, first.time <= end, let event = events[first.place] else {
            return nil
        }
        events[first.place] = nil
        free.append(first.place)
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return (first.time, event)
    }

    private mutating func rise(_ index: Int) {
        let entry = heap[index]
        var child = index
        while child > 0 {
            let parent = (child - 1) / 4
            guard entry < heap[parent] else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    private mutating func sink(_ index: Int) {
        let entry = heap[index]
        var parent = index
        while true {
            var least = 4 * parent + 1
            guard least < heap.count else { break }
            for child in least + 1..<max(least + 1, min(4 * parent + 5, heap.count))
            where heap[child] < heap[least] {
                least = child
            }
            guard heap[least] < entry else { break }
            heap[parent] = heap[least]
            parent = least
        }
        heap[parent] = entry
    }
}
