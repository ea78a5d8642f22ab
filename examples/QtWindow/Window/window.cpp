#ifdef CARILLON_QT
#include "CQtWindow.h"

// Qt's headers have what newer compilers object to.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>
#pragma clang diagnostic pop

#include <cstdio>

namespace {

// Qt deletes the parts with the window.
struct Window : QWidget {
    QTableWidget *const table = new QTableWidget(0, 4);
    QLabel *const state = new QLabel;
    QPushButton *const pause = new QPushButton;

    explicit Window(void (*isPaused)(bool)) {
        setWindowTitle("Carillon");
        resize(660, 280);
        table->setHorizontalHeaderLabels({"Job", "Schedule", "Last run", "Outcome"});
        table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
        table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        table->horizontalHeader()->setHighlightSections(false);
        table->verticalHeader()->hide();
        table->verticalHeader()->setDefaultSectionSize(38);
        table->setEditTriggers(QAbstractItemView::NoEditTriggers);
        table->setSelectionMode(QAbstractItemView::NoSelection);
        table->setFocusPolicy(Qt::NoFocus);
        table->setShowGrid(false);
        pause->setCheckable(true);
        pause->setMinimumWidth(110);
        connect(pause, &QPushButton::toggled, this, [isPaused](bool paused) { isPaused(paused); });

        auto *const title = new QLabel("Jobs");
        title->setObjectName("title");
        auto *const top = new QHBoxLayout;
        top->addWidget(title);
        top->addStretch();
        top->addWidget(state);
        top->addSpacing(12);
        top->addWidget(pause);
        auto *const all = new QVBoxLayout(this);
        all->setContentsMargins(20, 16, 20, 20);
        all->setSpacing(14);
        all->addLayout(top);
        all->addWidget(table);
        setStyleSheet(
            "QWidget { background: #f6f7f9; color: #1f2933; font-size: 14px; }"
            "#title { font-size: 20px; font-weight: bold; }"
            "QTableWidget { background: white; border: 1px solid #d9dee5; border-radius: 6px; }"
            "QTableWidget::item { padding-left: 10px; border-bottom: 1px solid #eef1f4; }"
            "QHeaderView, QHeaderView::section { background: white; border: none; color: #616e7c; }"
            "QHeaderView::section { padding: 8px 13px; border-bottom: 1px solid #d9dee5; }"
            "QPushButton { background: #2459c3; color: white; border: none; border-radius: 5px; padding: 8px 16px; }"
            "QPushButton:checked { background: #b54708; }");
    }

    int row(const QString &id) {
        for (int row = 0; row < table->rowCount(); ++row)
            if (table->item(row, 0)->text() == id) return row;
        table->insertRow(table->rowCount());
        for (int column = 0; column < 4; ++column) table->setItem(table->rowCount() - 1, column, new QTableWidgetItem);
        return table->rowCount() - 1;
    }
};

int argumentCount = 1;
char name[] = "QtWindow";
char *arguments[] = {name, nullptr};
Window *window = nullptr;

}  // namespace

void window_open(void (*is_paused)(bool paused)) {
    new QApplication(argumentCount, arguments);
    QApplication::setStyle("Fusion");
    window = new Window(is_paused);
    window_show_paused(false);
    window->show();
}

void window_show_job(const char *id, const char *schedule, const char *last_run, const char *outcome, bool is_good) {
    const int row = window->row(id);
    const char *const texts[] = {id, schedule, last_run, outcome};
    for (int column = 0; column < 4; ++column) window->table->item(row, column)->setText(texts[column]);
    window->table->item(row, 3)->setForeground(QColor(is_good ? "#1a7f4b" : "#b42318"));
}

void window_show_paused(bool paused) {
    window->state->setText(paused ? "paused" : "running");
    window->pause->setText(paused ? "Resume" : "Pause");
}

void window_press_pause(void) { window->pause->click(); }

void window_print_and_close(void) {
    for (int row = 0; row < window->table->rowCount(); ++row) {
        for (int column = 0; column < 4; ++column)
            std::printf("%s%s", column ? " | " : "", qUtf8Printable(window->table->item(row, column)->text()));
        std::printf("\n");
    }
    std::printf("%s, %s\n", qUtf8Printable(window->state->text()), qUtf8Printable(window->pause->text()));
    std::fflush(stdout);
    window->close();
}

int window_exec(void) {
    const int status = QApplication::exec();
    delete window;
    delete qApp;
    return status;
}
#endif
