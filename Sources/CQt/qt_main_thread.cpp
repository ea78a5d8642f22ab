#ifdef CARILLON_QT
#include "CQt.h"

// Qt's headers have what newer compilers object to.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QEvent>
#include <QSocketNotifier>
#include <QThread>
#include <QTimer>
#pragma clang diagnostic pop

#include <mutex>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

// Dispatch's calls for run loops of others, which no header declares. On other systems Qt's own loop drains the queue.
extern "C" int _dispatch_get_main_queue_handle_4CF(void);
extern "C" void _dispatch_main_queue_callback_4CF(void *);
#else
#include <pthread.h>
#endif

namespace {

bool isProcessMainThread() {
#ifdef __linux__
    return syscall(SYS_gettid) == getpid();
#else
    return pthread_main_np() != 0;
#endif
}

class Receiver;

std::mutex mutex;
// Both with the mutex.
Receiver *receiver = nullptr;
cqt_listener listener{};

cqt_listener currentListener() {
    const std::lock_guard<std::mutex> guard(mutex);
    return listener;
}

// What is posted comes here; lives on the application's thread, from the application's beginning until its end.
class Receiver final : public QObject {
public:
    static QEvent::Type type() {
        static const int number = QEvent::registerEventType();
        return static_cast<QEvent::Type>(number);
    }

    Receiver() {
        QObject::connect(QCoreApplication::instance(), &QCoreApplication::aboutToQuit, this, [] {
            if (const auto call = currentListener().quits) call();
        });
#ifdef __linux__
        // The queue belongs to the main thread of the process.
        if (!isProcessMainThread()) return;
        const int handle = _dispatch_get_main_queue_handle_4CF();
        auto *const notifier = new QSocketNotifier(handle, QSocketNotifier::Read, this);
        QObject::connect(notifier, &QSocketNotifier::activated, this, [this, handle] {
            uint64_t count = 0;
            if (read(handle, &count, sizeof count) == sizeof count) drainMainQueue();
        });
#endif
    }

protected:
    bool event(QEvent *event) override {
        if (event->type() != type()) return QObject::event(event);
        if (const auto call = currentListener().perform) call();
        return true;
    }

private:
#ifdef __linux__
    // A block of the queue may run an event loop, but the queue is serial: what has come meanwhile is done after it.
    void drainMainQueue() {
        isDue = true;
        if (isDraining) return;
        isDraining = true;
        while (isDue) {
            isDue = false;
            _dispatch_main_queue_callback_4CF(nullptr);
        }
        isDraining = false;
    }

    bool isDraining = false;
    bool isDue = false;
#endif
};

void applicationEnds() {
    Receiver *former = nullptr;
    cqt_listener told{};
    {
        const std::lock_guard<std::mutex> guard(mutex);
        former = receiver;
        receiver = nullptr;
        told = listener;
    }
    if (told.ended) told.ended();
    delete former;
}

void applicationBegins() {
    auto *const made = new Receiver;
    cqt_listener told{};
    {
        const std::lock_guard<std::mutex> guard(mutex);
        receiver = made;
        told = listener;
    }
    // Qt forgets these functions when it has called them.
    qAddPostRoutine(applicationEnds);
    if (told.began) told.began();
}

[[maybe_unused]] const bool isRegistered = (qAddPreRoutine(applicationBegins), true);

}  // namespace

cqt_thread cqt_calling_thread(void) {
    const QCoreApplication *const application = QCoreApplication::instance();
    if (!application) return isProcessMainThread() ? CQT_THREAD_WITHOUT_APPLICATION : CQT_THREAD_IS_NOT_THE_MAIN_ONE;
    if (application->thread() != QThread::currentThread()) return CQT_THREAD_IS_NOT_THE_MAIN_ONE;
    return isProcessMainThread() ? CQT_THREAD_IS_MAIN : CQT_THREAD_OF_MISPLACED_APPLICATION;
}

void cqt_listen(cqt_listener told) {
    const std::lock_guard<std::mutex> guard(mutex);
    listener = told;
}

bool cqt_post(void) {
    // The receiver is not deleted meanwhile.
    const std::lock_guard<std::mutex> guard(mutex);
    if (!receiver) return false;
    QCoreApplication::postEvent(receiver, new QEvent(Receiver::type()));
    return true;
}

void cqt_look_again(void) {
    if (auto *const dispatcher = QAbstractEventDispatcher::instance()) dispatcher->wakeUp();
}

bool cqt_process_until(bool (*is_over)(void *), void *context, int64_t milliseconds) {
    const QDeadlineTimer limit(milliseconds);
    // Without it nothing might end the last wait. It repeats, since a timer may be early.
    QTimer alarm;
    alarm.start(100);
    while (!is_over(context)) {
        if (limit.hasExpired()) return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::ExcludeUserInputEvents);
    }
    return true;
}
#endif
