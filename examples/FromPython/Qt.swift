#if Qt
import CQtWindow
import Carillon
import CarillonQt
import CarillonTriggers
import Foundation

func qtScheduler() throws {
    window_open { _ in }  // C++ of yours, which makes the QApplication
    let scheduler = QtScheduler()
    try scheduler.declareJob(trigger: .interval(seconds: 3)) { tick() }
    try scheduler.start()
    exit(window_exec())  // QApplication::exec
}
#endif
