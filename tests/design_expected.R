# Second opinions for tests/design.rs: R survey 4.1.1, clubSandwich where it is there. Run: Rscript tests/design_expected.R
suppressMessages(library(survey))
options(digits = 15)
say <- function(what, ...) cat(what, format(c(...), digits = 15), "\n")

# 60 persons of 12 neighbourhoods in 3 strata; every neighbourhood has persons of both programmes.
i <- 0:59
d <- data.frame(stratum = paste0("s", i %/% 20), cluster = paste0("n", i %/% 5), programme = paste0("P", 1 + i %% 2),
                w = 10 + (i * 13) %% 9, x = ((i * 11) %% 17), g = (i * 7) %% 3)
d$y <- 20 + ((i * 37) %% 23) / 2 + 3 * ((i %/% 5) %% 3)
d$y[i %% 7 == 3 | i < 5] <- NA
s <- svydesign(id = ~cluster, strata = ~stratum, weights = ~w, data = d)
j <- as.svrepdesign(s, type = "JKn", mse = TRUE)
used <- subset(s, !is.na(y)); usedj <- subset(j, !is.na(y))
say("mean lin", coef(svymean(~y, used)), SE(svymean(~y, used)), degf(used))
say("mean jkn", SE(svymean(~y, usedj)))
say("sum lin", coef(svytotal(~y, used)), SE(svytotal(~y, used)), SE(svytotal(~y, usedj)))
for (p in c("P1", "P2")) {
  say(paste(p, "mean"), coef(svymean(~y, subset(used, programme == p))), SE(svymean(~y, subset(used, programme == p))), SE(svymean(~y, subset(usedj, programme == p))))
  say(paste(p, "sum"), SE(svytotal(~y, subset(used, programme == p))), SE(svytotal(~y, subset(usedj, programme == p))))
}
say("g0 df", degf(subset(used, g == 0)))
say("g0 mean", coef(svymean(~y, subset(used, g == 0))), SE(svymean(~y, subset(used, g == 0))), SE(svymean(~y, subset(usedj, g == 0))))
# Second moments: the variance and correlation with n / (n - 1), by linearisation; n counts rows.
n <- sum(!is.na(d$y))
u <- subset(transform(d, one = 1), !is.na(y))
m <- svymean(~y + x + I(y^2) + I(x * y) + I(x^2), used)
v <- svycontrast(m, list(v = quote((`I(y^2)` - y^2) )))
say("var", coef(v) * n / (n - 1), SE(v) * n / (n - 1))
sd <- svycontrast(m, list(v = quote(sqrt(`I(y^2)` - y^2))))
say("sd", coef(sd) * sqrt(n / (n - 1)), SE(sd) * sqrt(n / (n - 1)))
r <- svycontrast(m, list(r = quote((`I(x * y)` - x * y) / sqrt((`I(y^2)` - y^2) * (`I(x^2)` - x^2)))))
say("corr", coef(r), SE(r))
# Fisher's z is half the log of (1 + r) / (1 - r): derivative 1 / (1 - r^2).
half <- qt(.975, 8) * SE(r) / (1 - coef(r)^2)
say("fisher", tanh(atanh(coef(r)) + c(-1, 1) * half))
lv <- svycontrast(m, list(v = quote(log(`I(y^2)` - y^2))))
say("log var", exp(coef(lv) + c(-1, 1) * qt(.975, 8) * SE(lv)) * n / (n - 1))
ls <- svycontrast(m, list(v = quote(log(sqrt(`I(y^2)` - y^2)))))
say("log sd", exp(coef(ls) + c(-1, 1) * qt(.975, 8) * SE(ls)) * sqrt(n / (n - 1)))
if (requireNamespace("clubSandwich", quietly = TRUE)) {
  fit <- lm(y ~ I(programme == "P1"), data = u, weights = w)
  t <- clubSandwich::coef_test(fit, clubSandwich::vcovCR(fit, u$cluster, "CR2"), test = "Satterthwaite")
  say("effect", t$beta[2], t$SE[2], t$df[2], as.numeric(packageVersion("clubSandwich")[[1, 2]]))
}

# One programme with one respondent, no cluster named.
k <- 0:20
o <- data.frame(y = ((k * 37) %% 23) / 2, programme = ifelse(k < 20, "P1", "P2"))
so <- svydesign(id = ~1, weights = rep(1, 21), data = o)
say("single", coef(svymean(~y, so)), SE(svymean(~y, so)), SE(svymean(~y, subset(so, programme == "P1"))))

# Two stages: 8 of 8 and 8 of 12 neighbourhoods, 6 persons of each of 30 and more.
q <- 0:47
t2 <- data.frame(n = q %/% 6, person = q, all = 8, some = 12, size = 30 + 2 * (q %/% 6), inf = Inf, y = ((q * 37) %% 23) / 4 + (q %/% 6) %% 3)
for (which in c("all", "some")) {
  t2$first <- t2[[which]]
  t2$w <- t2$first / 8 * t2$size / 6
  a <- svydesign(id = ~n + person, fpc = ~first + size, weights = ~w, data = t2)
  b <- svydesign(id = ~n + person, fpc = ~first + inf, weights = ~w, data = t2)
  say(which, coef(svymean(~y, a)), SE(svymean(~y, a)), SE(svymean(~y, b)), SE(svytotal(~y, a)))
  say(paste(which, "part"), SE(svymean(~y, subset(a, y > 2))), SE(svytotal(~y, subset(a, y > 2))))
}
data(api)
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
say("api", coef(svymean(~api00, two)), SE(svymean(~api00, two)), SE(svytotal(~enroll, two, na.rm = TRUE)))
