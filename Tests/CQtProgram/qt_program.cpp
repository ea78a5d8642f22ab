#ifdef CARILLON_QT
#include "CQtProgram.h"

// Qt's headers have what newer compilers object to.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <QApplication>
#include <QEventLoop>
#include <QThread>
#pragma clang diagnostic pop

namespace {
int argumentCount = 1;
char name[] = "qt-program";
char *arguments[] = {name, nullptr};
QApplication *application = nullptr;
QEventLoop *nested = nullptr;
}  // namespace

void qt_program_make(void) {
    application = new QApplication(argumentCount, arguments);
    QApplication::setQuitOnLastWindowClosed(false);
}

int32_t qt_program_exec(void) { return QApplication::exec(); }

void qt_program_quit(void) { QMetaObject::invokeMethod(application, &QCoreApplication::quit, Qt::QueuedConnection); }

void qt_program_destroy(void) {
    delete application;
    application = nullptr;
}

void qt_program_call(void (*function)(void)) {
    QMetaObject::invokeMethod(application, [function] { function(); }, Qt::QueuedConnection);
}

void qt_program_nest(void) {
    QEventLoop loop;
    nested = &loop;
    loop.exec();
    nested = nullptr;
}

void qt_program_leave(void) {
    QMetaObject::invokeMethod(
        application, [] { if (nested) nested->quit(); }, Qt::QueuedConnection);
}

bool qt_program_is_main_thread(void) { return application && application->thread() == QThread::currentThread(); }

void qt_program_call_elsewhere(void (*function)(void)) {
    QThread *const thread = QThread::create([function] { function(); });
    thread->start();
    thread->wait();
    delete thread;
}
#endif
