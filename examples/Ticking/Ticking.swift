import Carillon
import CarillonTriggers
import Foundation

@main
struct Ticking {
    static func main() throws {
        let scheduler = BlockingScheduler()
        let end = Date().addingTimeInterval(2.5)
        try scheduler.declareJob(id: "tick", trigger: .interval(seconds: 1, end: end)) {
            print("tick")
        }
        try scheduler.start(untilIdle: true)  // fires at once and twice more, and returns
        print("nothing is left to do")
    }
}
